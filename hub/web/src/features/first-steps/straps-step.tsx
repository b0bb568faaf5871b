import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import type { Athlete } from '@/api/queries';
import { athletesQuery } from '@/api/queries';
import type { Suggestion } from '@/api/straps';
import { freeStrapsQuery } from '@/api/straps';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Refusal } from '@/components/ui/refusal';
import { SelectField } from '@/components/ui/select-field';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { firstStepsWords } from '@/words/first-steps';
import { giveStrap, wornQuery } from './steps';

/** Straps that are heard and that nobody wears: hold one, see its signal, give it a label and an athlete. */
export function StrapsStep() {
  const words = useWords(firstStepsWords);
  const heard = useQuery(freeStrapsQuery);
  const { data: athletes = [] } = useQuery(athletesQuery(undefined));
  const { data: worn = [] } = useQuery(wornQuery);
  const free = athletes.filter(({ id }) => !worn.some(one => one.athlete_id === id));
  return (
    <>
      {worn.length > 0 && <p>{words.worn(worn.length)}</p>}
      <Loaded query={heard} what={words.strapsHeard}>
        {straps =>
          straps.length === 0 ? (
            <p role="status" className="text-ink-soft">
              {words.noStraps}
            </p>
          ) : (
            <ul className="flex flex-col gap-3">
              {straps.map((strap, index) => (
                <Strap key={strap.address} strap={strap} number={worn.length + index + 1} athletes={free} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

interface StrapProps {
  strap: Suggestion;
  /** For a label that nobody has to think of. */
  number: number;
  athletes: readonly Athlete[];
}

function Strap({ strap, number, athletes }: StrapProps) {
  const words = useWords(firstStepsWords);
  const [label, setLabel] = useState(strap.label ?? `hr-${String(number).padStart(2, '0')}`);
  const [chosen, setChosen] = useState('');
  const athleteId = chosen === '' ? (strap.athlete_id ?? athletes[0]?.id ?? '') : chosen;
  const give = useAct(giveStrap, ['assignments']);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    give.mutate({ suggestion: strap, label: label.trim(), athleteId });
  };
  return (
    <li>
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3 rounded-lg border border-line p-3">
        <p className="w-full text-sm text-ink-soft">
          {strap.address}, {strap.kind.replaceAll('_', ' ')}
          {strap.rssi !== null && `, ${words.signal(strap.rssi)}`}
        </p>
        <TextField
          label={words.label}
          value={label}
          required
          maxLength={40}
          disabled={strap.sensor_id !== null}
          onChange={event => setLabel(event.target.value)}
          className="w-32"
        />
        <SelectField
          label={words.athlete}
          value={athleteId}
          required
          options={athletes.map(({ id, name, number: jersey }) => ({
            value: id,
            label: `${jersey ?? '–'} ${name}`,
          }))}
          onChange={event => setChosen(event.target.value)}
          className="min-w-40 flex-1"
        />
        <Button
          type="submit"
          look="solid"
          aria-label={words.giveOf(label)}
          disabled={athleteId === '' || give.isPending}
        >
          {words.give}
        </Button>
        <Refusal error={give.error} />
      </form>
    </li>
  );
}
