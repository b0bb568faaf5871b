import { useQuery } from '@tanstack/react-query';
import type { Athlete, Me } from '@/api/queries';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { Panel, Row } from '@/components/ui/panel';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { useFormats } from '@/words/formats';
import { privacyWords } from '@/words/privacy';
import { ConsentsPanel } from './consents-panel';
import { GrantsPanel } from './grants-panel';
import { guardiansQuery, removeGuardian } from './privacy';

interface StaffPrivacyProps {
  athlete: Athlete;
  role: Me['role'];
  onClose: () => void;
}

/** They see whom athletes share with, and say who stands for whom. */
const CHIEFS: ReadonlySet<Me['role']> = new Set(['admin', 'director']);

/** What an athlete agreed to, who stands for one who is a minor, and what is shared: as staff see and record it. */
export function StaffPrivacy({ athlete, role, onClose }: StaffPrivacyProps) {
  const words = useWords(privacyWords);
  const isChief = CHIEFS.has(role);
  return (
    <Dialog title={words.staff.of(athlete.name)} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <ConsentsPanel athleteId={athlete.id} isPaper />
        <Guardians athleteId={athlete.id} changes={isChief} />
        {isChief && <GrantsPanel athleteId={athlete.id} gives={false} />}
      </div>
    </Dialog>
  );
}

function Guardians({ athleteId, changes }: { athleteId: string; changes: boolean }) {
  const words = useWords(privacyWords).staff;
  const common = useWords(commonWords);
  const { date } = useFormats();
  const query = useQuery(guardiansQuery(athleteId));
  const remove = useAct(
    (accountId: string) => removeGuardian(athleteId, accountId),
    guardiansQuery(athleteId).queryKey,
  );
  return (
    <Panel title={words.guardians} hint={words.guardiansHint}>
      <Loaded query={query} what={words.guardians}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-ink-soft">{words.noGuardian}</p>
          ) : (
            <ul>
              {items.map(({ account_id: accountId, name, until }) => (
                <Row
                  key={accountId}
                  name={name}
                  facts={[words.guardianUntil(date(`${until}T12:00`))]}
                  action={
                    changes && (
                      <Button
                        aria-label={`${common.remove}: ${name}`}
                        onClick={() => remove.mutate(accountId)}
                      >
                        {common.remove}
                      </Button>
                    )
                  }
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      <Refusal error={remove.error} />
    </Panel>
  );
}
