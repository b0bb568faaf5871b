import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { AuditPanel } from '@/features/audit/audit-panel';
import { ClubPage } from '@/features/club/club-page';
import { WebhooksPanel } from '@/features/webhooks/webhooks-panel';

export function ClubRoute() {
  const { me } = useRouteContext({ from: '/frame' });
  const { part } = useSearch({ from: '/frame/club' });
  const navigate = useNavigate({ from: '/club' });
  return (
    <ClubPage
      me={me}
      part={part}
      onPart={chosen => void navigate({ search: before => ({ ...before, part: chosen }) })}
      Webhooks={WebhooksPanel}
      Audit={AuditPanel}
    />
  );
}
