import type { FormEvent } from 'react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Segments } from '@/components/ui/segments';
import { TextField } from '@/components/ui/text-field';
import type { PresetName, RangeSearch, TimeRange } from './time-range';
import { useWords } from '@/words/catalogue';
import { athleteWords } from '@/words/athlete';
import { fromLocalField, toLocalField } from '@/live/times';
import { PRESETS, bordersOf, isPreset, searchOf } from './time-range';

const CUSTOM = 'custom';

interface RangePickerProps {
  range: TimeRange;
  nowMs: () => number;
  onChange: (search: RangeSearch) => void;
}

export function RangePicker({ range, nowMs, onChange }: RangePickerProps) {
  const words = useWords(athleteWords);
  const options: { value: PresetName | typeof CUSTOM; label: string }[] = [
    ...PRESETS.map(({ name, label }) => ({ value: name, label })),
    { value: CUSTOM, label: words.fromTo },
  ];
  const choose = (value: PresetName | typeof CUSTOM) =>
    onChange(isPreset(value) ? { range: value } : searchOf(...bordersOf(range, nowMs())));
  return (
    <div className="flex flex-wrap items-end gap-x-4 gap-y-3">
      <Segments
        legend={words.timeShown}
        options={options}
        value={range.kind === 'last' ? range.preset : CUSTOM}
        onChange={choose}
      />
      {range.kind === 'fixed' && (
        <FromTo
          key={`${range.fromMs}-${range.toMs}`}
          fromMs={range.fromMs}
          toMs={range.toMs}
          onChange={onChange}
        />
      )}
    </div>
  );
}

interface FromToProps {
  fromMs: number;
  toMs: number;
  onChange: (search: RangeSearch) => void;
}

/** Every range that can be drawn with a pointer can be typed as well. */
function FromTo({ fromMs, toMs, onChange }: FromToProps) {
  const words = useWords(athleteWords);
  const [from, setFrom] = useState(() => toLocalField(fromMs));
  const [to, setTo] = useState(() => toLocalField(toMs));
  const [tried, setTried] = useState(false);
  const inOrder = fromLocalField(from) < fromLocalField(to);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (inOrder) onChange(searchOf(fromLocalField(from), fromLocalField(to)));
  };
  const field = { type: 'datetime-local', step: 1, required: true } as const;
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
      <TextField label={words.from} {...field} value={from} onChange={event => setFrom(event.target.value)} />
      <TextField label={words.to} {...field} value={to} onChange={event => setTo(event.target.value)} />
      <Button type="submit">{words.show}</Button>
      {tried && !inOrder && (
        <p role="alert" className="w-full text-sm text-lost">
          {words.inOrder}
        </p>
      )}
    </form>
  );
}
