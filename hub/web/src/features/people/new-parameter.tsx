import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Refusal } from '@/components/ui/refusal';
import { SelectField } from '@/components/ui/select-field';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { peopleWords } from '@/words/people';
import { readingOf, usePreferences } from '@/units/units';
import type { NewParameter, ParameterName } from './people';
import { PARAMETER_NAMES, SOURCES, addParameter, parametersQuery } from './people';

/** In which unit the hub is told each; the others have none. */
const UNITS: Partial<Record<ParameterName, string>> = {
  hr_max: '/min',
  hr_rest: '/min',
  lthr: '/min',
  vt1: '/min',
  vt2: '/min',
  ftp: 'W',
  cp: 'W',
  w_prime: 'J',
  mass: 'kg',
};
const SEXES = ['female', 'male'] as const;

/** A value that holds from a day on. An estimate names its formula, so that it is never taken for a measurement. */
export function NewParameterForm({ athleteId }: { athleteId: string }) {
  const words = useWords(peopleWords).parameters;
  const common = useWords(commonWords);
  const queryClient = useQueryClient();
  const preferences = usePreferences();
  const [name, setName] = useState<ParameterName>('hr_max');
  const [value, setValue] = useState('');
  const [sex, setSex] = useState<(typeof SEXES)[number]>('female');
  const [source, setSource] = useState<NewParameter['source']>('measured');
  const [formula, setFormula] = useState('');
  const [since, setSince] = useState('');
  const reading = readingOf(UNITS[name] ?? '', preferences);
  const adding = useMutation({
    mutationFn: () =>
      addParameter(athleteId, {
        name,
        value: name === 'sex' ? sex : reading.told(Number(value)),
        source,
        formula: source === 'estimate' ? formula : null,
        ...(since === '' ? {} : { from: new Date(`${since}T00:00`).toISOString() }),
      }),
    onSuccess: async () => {
      setValue('');
      await queryClient.invalidateQueries({ queryKey: parametersQuery(athleteId).queryKey });
      await queryClient.invalidateQueries({ queryKey: ['athletes'] });
    },
  });
  return (
    <form
      className="grid gap-3 sm:grid-cols-2"
      onSubmit={event => {
        event.preventDefault();
        adding.mutate();
      }}
    >
      <SelectField
        label={words.name}
        value={name}
        options={PARAMETER_NAMES.map(one => ({ value: one, label: words.names[one] }))}
        onChange={event => setName(PARAMETER_NAMES.find(one => one === event.target.value) ?? name)}
      />
      {name === 'sex' ? (
        <SelectField
          label={words.value}
          value={sex}
          options={SEXES.map(one => ({ value: one, label: words.sex[one] }))}
          onChange={event => setSex(SEXES.find(one => one === event.target.value) ?? sex)}
        />
      ) : (
        <TextField
          label={reading.unit === '' ? words.value : `${words.value}, ${reading.unit}`}
          type="number"
          step="any"
          min={0}
          required
          value={value}
          onChange={event => setValue(event.target.value)}
        />
      )}
      <SelectField
        label={words.source}
        value={source}
        options={SOURCES.map(one => ({ value: one, label: words.sources[one] }))}
        onChange={event => setSource(SOURCES.find(one => one === event.target.value) ?? source)}
      />
      <TextField
        label={words.since}
        type="date"
        value={since}
        onChange={event => setSince(event.target.value)}
      />
      {source === 'estimate' && (
        <TextField
          label={words.formula}
          placeholder={words.formulaHint}
          pattern="[a-z][a-z0-9_]{2,39}"
          title={words.formulaHint}
          required
          value={formula}
          onChange={event => setFormula(event.target.value)}
        />
      )}
      <div className="flex flex-wrap items-center justify-end gap-3 sm:col-span-2">
        <Refusal error={adding.error} />
        <Button look="solid" type="submit" aria-disabled={adding.isPending}>
          {common.save}
        </Button>
      </div>
    </form>
  );
}
