import { useQuery } from '@tanstack/react-query';
import { SelectField } from '@/components/ui/select-field';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { alertWords } from '@/words/alerts';
import type { Condition } from './alerts';
import { catalogueQuery, metricsQuery } from './alerts';
import { metricWord } from './rule-words';

interface ConditionFieldsProps {
  condition: Condition;
  onChange: (condition: Condition) => void;
}

const CHECKS = ['above', 'below', 'silent', 'no_contact'] as const;
/** Parameters of athletes that a limit may be a part of; others are no limits of anything measured. */
const PARAMETERS = ['hr_max', 'hr_rest', 'lthr', 'vt1', 'vt2', 'ftp', 'cp', 'w_prime', 'mass'] as const;

/** One quantity and what is asked of it. */
export function ConditionFields({ condition, onChange }: ConditionFieldsProps) {
  const words = useWords(alertWords);
  const names = useQuantities(condition.metric);
  const { check, of = null } = condition;
  const hasUnit = check === 'above' || check === 'below';
  return (
    <div className="grid grid-cols-2 gap-3">
      <SelectField
        label={words.field.metric}
        value={condition.metric}
        options={names.map(name => ({ value: name, label: metricWord(name) }))}
        onChange={event => onChange({ ...condition, metric: event.target.value })}
      />
      <SelectField
        label={words.field.check}
        value={check}
        options={CHECKS.map(one => ({ value: one, label: words.check[one] }))}
        onChange={event =>
          onChange({
            ...condition,
            check: CHECKS.find(one => one === event.target.value) ?? 'above',
            of: null,
          })
        }
      />
      {check !== 'no_contact' && (
        <TextField
          label={words.field.limit}
          type="number"
          step="any"
          value={condition.limit}
          onChange={event => onChange({ ...condition, limit: Number(event.target.value) })}
        />
      )}
      {hasUnit && (
        <SelectField
          label={words.field.of}
          value={of ?? ''}
          options={[
            { value: '', label: words.field.unit },
            ...PARAMETERS.map(one => ({ value: one, label: words.field.percentOf(metricWord(one)) })),
          ]}
          onChange={event =>
            onChange({ ...condition, of: PARAMETERS.find(one => one === event.target.value) ?? null })
          }
        />
      )}
    </div>
  );
}

/** What is measured, and what is worked out of it; the one in use is always among them. */
function useQuantities(used: string): string[] {
  const { data: metrics = [] } = useQuery(metricsQuery);
  const { data: known } = useQuery(catalogueQuery);
  const all = [...metrics, ...(known?.quantities ?? [])].map(({ name }) => name);
  return [...new Set([used, ...all])].toSorted((one, other) => one.localeCompare(other));
}
