import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Panel, Row } from '@/components/ui/panel';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { metricName, metricWords } from '@/words/metrics';
import { privacyWords } from '@/words/privacy';
import { GiveGrant } from './give-grant';
import type { Grant } from './privacy';
import { grantsQuery, holds, revokeGrant } from './privacy';

interface GrantsPanelProps {
  athleteId: string;
  /** Whether who looks may give and revoke: the athlete and guardians alone do. */
  gives?: boolean;
}

/** What an athlete lets other clubs and trainers read. */
export function GrantsPanel({ athleteId, gives = true }: GrantsPanelProps) {
  const words = useWords(privacyWords);
  const [isGiving, setIsGiving] = useState(false);
  const query = useQuery(grantsQuery(athleteId));
  const revoke = useAct(
    (grantId: string) => revokeGrant(athleteId, grantId),
    grantsQuery(athleteId).queryKey,
  );
  return (
    <Panel title={words.grants.title} hint={words.grants.hint}>
      <Loaded query={query} what={words.what.grants}>
        {grants =>
          grants.length === 0 ? (
            <p className="text-ink-soft">{words.grants.none}</p>
          ) : (
            <ul>
              {grants.map(grant => (
                <GrantRow
                  key={grant.id}
                  grant={grant}
                  onRevoke={gives ? () => revoke.mutate(grant.id) : undefined}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      <Refusal error={revoke.error} />
      {gives && (
        <Button className="self-start" onClick={() => setIsGiving(true)}>
          {words.grants.give}
        </Button>
      )}
      {isGiving && <GiveGrant athleteId={athleteId} onClose={() => setIsGiving(false)} />}
    </Panel>
  );
}

function GrantRow({ grant, onRevoke }: { grant: Grant; onRevoke: (() => void) | undefined }) {
  const words = useWords(privacyWords).grants;
  const metrics = useWords(metricWords);
  const { date } = useFormats();
  const isHeld = holds(grant.ends_at);
  return (
    <Row
      name={grant.trainer === null ? words.allOf(grant.club) : words.trainer(grant.trainer, grant.club)}
      facts={[
        grant.metrics.map(metric => metricName(metrics, metric)).join(', '),
        grant.to === null ? words.onward(date(grant.from)) : words.measured(date(grant.from), date(grant.to)),
        grant.ends_at !== null && (isHeld ? words.ends : words.ended)(date(grant.ends_at)),
      ]}
      action={isHeld && onRevoke && <Button onClick={onRevoke}>{words.revoke}</Button>}
    />
  );
}
