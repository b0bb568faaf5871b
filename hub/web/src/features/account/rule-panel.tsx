import { useQuery } from '@tanstack/react-query';
import { Loaded } from '@/components/ui/loaded';
import { Refusal } from '@/components/ui/refusal';
import { accountWords } from '@/words/account';
import { useWords } from '@/words/catalogue';
import { Panel } from '@/components/ui/panel';
import type { Role } from './security';
import { changeRule, ruleQuery, useChange } from './security';
import { Ticks } from '@/components/ui/ticks';

const ROLES: readonly Role[] = ['admin', 'director', 'coach', 'trainer', 'athlete', 'technician', 'guardian'];

/** Of which roles the club asks for a second factor; admins say so. */
export function RulePanel() {
  const words = useWords(accountWords);
  const query = useQuery(ruleQuery);
  const change = useChange(changeRule);
  return (
    <Panel title={words.rule.title} hint={words.rule.hint}>
      <Loaded query={query} what={words.what.rule}>
        {({ required_of }) => (
          <Ticks
            legend={words.what.rule}
            options={ROLES}
            names={words.rule.role}
            ticked={required_of}
            onChange={roles => change.mutate([...roles])}
          />
        )}
      </Loaded>
      <Refusal error={change.error} />
    </Panel>
  );
}
