import { useState } from 'react';
import { SelectField } from '@/components/ui/select-field';
import { TextField } from '@/components/ui/text-field';
import { Ticks } from '@/components/ui/ticks';
import { useWords } from '@/words/catalogue';
import { alertWords } from '@/words/alerts';
import { metricName, metricWords } from '@/words/metrics';
import { sessionWords } from '@/words/sessions';
import type { RuleFields } from './alerts';

const TASKS = ['training', 'match', 'test'] as const;
const ESCALATIONS_S = [60, 120, 300, 600] as const;
const SECONDS_A_MINUTE = 60;

interface RuleLimitsProps {
  draft: RuleFields;
  onChange: (part: Partial<RuleFields>) => void;
}

/** When it watches, how often it speaks up, and what happens when nobody hears. Closed at first where all of it is as usual. */
export function RuleLimits({ draft, onChange }: RuleLimitsProps) {
  const words = useWords(alertWords).limits;
  const { kind } = useWords(sessionWords);
  const [isOpen] = useState(() => isNarrowed(draft));
  const { tasks, phases, escalate_after_s: escalation = null } = draft;
  return (
    <details open={isOpen}>
      <summary className="flex min-h-11 cursor-pointer items-center font-medium text-accent underline">
        {words.title}
      </summary>
      <div className="flex flex-col gap-3 pt-2">
        {draft.scope === 'share' && (
          <TextField
            label={words.share}
            type="number"
            min={1}
            max={100}
            value={Math.round(draft.share * 100)}
            onChange={event => onChange({ share: Number(event.target.value) / 100 })}
          />
        )}
        <Ticks
          legend={words.tasks}
          options={TASKS}
          names={kind}
          ticked={tasks}
          onChange={ticked => onChange({ tasks: [...ticked] })}
        />
        <TextField
          label={words.phases}
          defaultValue={phases.join(', ')}
          onChange={event => onChange({ phases: phasesOf(event.target.value) })}
        />
        <div className="grid grid-cols-2 gap-3">
          <TextField
            label={words.times}
            type="number"
            min={1}
            max={100}
            value={draft.times}
            onChange={event => onChange({ times: Number(event.target.value) })}
          />
          <SelectField
            label={words.escalate}
            value={escalation ?? ''}
            options={[
              { value: '', label: words.never },
              ...ESCALATIONS_S.map(seconds => ({
                value: String(seconds),
                label: words.minutes(seconds / SECONDS_A_MINUTE),
              })),
            ]}
            onChange={event =>
              onChange({ escalate_after_s: event.target.value === '' ? null : Number(event.target.value) })
            }
          />
        </div>
      </div>
    </details>
  );
}

function isNarrowed({ tasks, phases, times, scope, escalate_after_s: escalation }: RuleFields): boolean {
  return tasks.length + phases.length > 0 || times > 1 || scope === 'share' || (escalation ?? null) !== null;
}

/** Names with commas between them; twenty at most, as the hub takes. */
function phasesOf(text: string): string[] {
  const names = text.split(',').map(name => name.trim());
  return names.filter(name => name !== '').slice(0, 20);
}

/** What a quantity is called, in the person's language where it has a name there. */
export function useMetricName(): (metric: string) => string {
  const words = useWords(metricWords);
  return metric => metricName(words, metric);
}
