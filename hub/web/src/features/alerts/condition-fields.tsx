import { useQuery } from '@tanstack/react-query';
import { SelectField } from '@/components/ui/select-field';
import { TextField } from '@/components/ui/text-field';
import type { Reading } from '@/units/units';
import { readingOf, usePreferences } from '@/units/units';
import { useWords } from '@/words/catalogue';
import { alertWords } from '@/words/alerts';
import type { Condition } from './alerts';
import { catalogueQuery, metricsQuery } from './alerts';
import { useMetricName } from './rule-limits';
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
  const quantities = useQuantities(condition.metric);
  const { sentence, unit } = quantities.get(condition.metric) ?? NO_QUANTITY;
  const reading = readingOf(unit, usePreferences());
  const nameOf = useMetricName();
  const { check, of = null } = condition;
  const hasUnit = check === 'above' || check === 'below';
  return (
    <div className="grid grid-cols-2 gap-3">
      <SelectField
        label={words.field.metric}
        value={condition.metric}
        options={[...quantities.keys()].map(name => ({ value: name, label: nameOf(name) }))}
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
        <Limit
          condition={condition}
          reading={hasUnit && of === null ? reading : AS_TOLD}
          onChange={onChange}
        />
      )}
      {hasUnit && (
        <SelectField
          label={words.field.of}
          value={of ?? ''}
          options={[
            { value: '', label: reading.unit === '' ? words.field.unit : reading.unit },
            ...PARAMETERS.map(one => ({ value: one, label: words.field.percentOf(metricWord(one)) })),
          ]}
          onChange={event =>
            onChange({ ...condition, of: PARAMETERS.find(one => one === event.target.value) ?? null })
          }
        />
      )}
      <p className="col-span-2 text-sm text-ink-soft empty:hidden">{sentence}</p>
    </div>
  );
}

interface LimitProps extends ConditionFieldsProps {
  /** How a limit in the quantity's own unit reads to this person. */
  reading: Reading;
}

function Limit({ condition, reading, onChange }: LimitProps) {
  const words = useWords(alertWords);
  return (
    <TextField
      label={words.field.limit}
      type="number"
      step="any"
      value={rounded(reading.shown(condition.limit))}
      onChange={event => onChange({ ...condition, limit: reading.told(Number(event.target.value)) })}
    />
  );
}

/** Seconds, and percents of a parameter, are the same to everybody. */
const AS_TOLD: Reading = { unit: '', shown: value => value, told: typed => typed };

/** As many digits as tell a temperature; a turned limit has none of its own. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

interface Quantity {
  unit: string;
  /** What it is, where its name does not say so: of those that are worked out. */
  sentence: string;
}

const NO_QUANTITY: Quantity = { unit: '', sentence: '' };

/** What is measured, and what is worked out of it, by name; the one in use is always among them. */
function useQuantities(used: string): ReadonlyMap<string, Quantity> {
  const { data: metrics = [] } = useQuery(metricsQuery);
  const { data: known } = useQuery(catalogueQuery);
  const all: [string, Quantity][] = [
    [used, NO_QUANTITY],
    ...metrics.map(({ name, unit }): [string, Quantity] => [name, { unit, sentence: '' }]),
    ...(known?.quantities ?? []).map(({ name, unit, sentence }): [string, Quantity] => [
      name,
      { unit, sentence },
    ]),
  ];
  return new Map(all.toSorted(([one], [other]) => one.localeCompare(other)));
}
