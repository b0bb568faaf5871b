import { SelectField } from '@/components/ui/select-field';
import { useWords } from '@/words/catalogue';
import { loadWords } from '@/words/loads';
import type { Measure } from './loads';
import { MEASURES } from './loads';

interface MeasureFieldProps {
  value: Measure;
  onChange: (measure: Measure) => void;
}

/** By what the load of a session is told. */
export function MeasureField({ value, onChange }: MeasureFieldProps) {
  const words = useWords(loadWords);
  return (
    <SelectField
      label={words.measure}
      value={value}
      options={MEASURES.map(measure => ({ value: measure, label: words.measures[measure] }))}
      onChange={event => {
        const measure = MEASURES.find(one => one === event.target.value);
        if (measure !== undefined) onChange(measure);
      }}
    />
  );
}
