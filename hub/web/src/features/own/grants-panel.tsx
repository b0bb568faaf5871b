import { useQuery } from '@tanstack/react-query';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Panel, Row } from '@/components/ui/panel';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { privacyWords } from '@/words/privacy';
import type { Grant } from './privacy';
import { grantsQuery, holds, revokeGrant } from './privacy';

/** What an athlete lets other clubs and trainers read. */
export function GrantsPanel({ athleteId }: { athleteId: string }) {
  const words = useWords(privacyWords);
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
                <GrantRow key={grant.id} grant={grant} onRevoke={() => revoke.mutate(grant.id)} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <Refusal error={revoke.error} />
    </Panel>
  );
}

function GrantRow({ grant, onRevoke }: { grant: Grant; onRevoke: () => void }) {
  const words = useWords(privacyWords).grants;
  const { date } = useFormats();
  const isHeld = holds(grant.ends_at);
  return (
    <Row
      name={grant.trainer === null ? words.allOf(grant.club) : words.trainer(grant.trainer, grant.club)}
      facts={[
        grant.metrics.map(metric => metric.replaceAll('_', ' ')).join(', '),
        grant.to === null ? words.onward(date(grant.from)) : words.measured(date(grant.from), date(grant.to)),
        grant.ends_at !== null && (isHeld ? words.ends : words.ended)(date(grant.ends_at)),
      ]}
      action={isHeld && <Button onClick={onRevoke}>{words.revoke}</Button>}
    />
  );
}
