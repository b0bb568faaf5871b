import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Athlete } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { CloseIcon } from '@/components/ui/icons';
import { Loaded } from '@/components/ui/loaded';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { peopleWords } from '@/words/people';
import { readingOf, usePreferences } from '@/units/units';
import { NewParameterForm } from './new-parameter';
import type { Parameter } from './people';
import { inForce, parametersQuery, removeParameter } from './people';

interface ParametersDialogProps {
  athlete: Athlete;
  onClose: () => void;
}

/** What formulas know of an athlete, each value with its source and since when it holds; the past stays. */
export function ParametersDialog({ athlete, onClose }: ParametersDialogProps) {
  const words = useWords(peopleWords);
  const query = useQuery(parametersQuery(athlete.id));
  return (
    <Dialog title={words.parameters.of(athlete.name)} onClose={onClose}>
      <Loaded query={query} what={words.what.parameters}>
        {parameters =>
          parameters.length === 0 ? (
            <p>
              {words.parameters.none} <span className="text-ink-soft">{words.parameters.noneHint}</span>
            </p>
          ) : (
            <History athleteId={athlete.id} parameters={parameters} />
          )
        }
      </Loaded>
      <h3 className="mt-5 mb-2 font-semibold">{words.parameters.add}</h3>
      <NewParameterForm athleteId={athlete.id} />
    </Dialog>
  );
}

function History({ athleteId, parameters }: { athleteId: string; parameters: readonly Parameter[] }) {
  const [nowMs] = useState(Date.now);
  const holding = inForce(parameters, nowMs);
  return (
    <ul className="flex flex-col">
      {parameters.map(one => (
        <Entry key={one.id} athleteId={athleteId} parameter={one} isInForce={holding.has(one.id)} />
      ))}
    </ul>
  );
}

interface EntryProps {
  athleteId: string;
  parameter: Parameter;
  isInForce: boolean;
}

function Entry({ athleteId, parameter, isInForce }: EntryProps) {
  const words = useWords(peopleWords).parameters;
  const { date, number } = useFormats();
  const { shown, unit } = readingOf(parameter.unit, usePreferences());
  const queryClient = useQueryClient();
  const removing = useMutation({
    mutationFn: () => removeParameter(athleteId, parameter.id),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: parametersQuery(athleteId).queryKey });
      await queryClient.invalidateQueries({ queryKey: ['athletes'] });
    },
  });
  const source =
    parameter.source === 'estimate' && parameter.formula !== null
      ? words.estimateBy(parameter.formula)
      : words.sources[parameter.source];
  return (
    <li className="flex items-center gap-3 border-b border-line py-1.5">
      <div className="min-w-0 flex-1">
        <p className={isInForce ? 'font-medium' : 'text-ink-soft'}>
          {words.names[parameter.name]}:{' '}
          <span className="tabular-nums">
            {typeof parameter.value === 'number'
              ? `${number(shown(parameter.value))} ${unit}`
              : words.sex[parameter.value]}
          </span>
          {isInForce && <span className="ml-2 text-sm text-good">{words.now}</span>}
        </p>
        <p className="text-sm text-ink-soft">
          {words.since} {date(parameter.from)} · {source}
        </p>
        <Refusal error={removing.error} />
      </div>
      <Button
        look="quiet"
        className="px-2"
        aria-label={`${words.removed}: ${words.names[parameter.name]}`}
        aria-disabled={removing.isPending}
        onClick={() => removing.mutate()}
      >
        <CloseIcon className="size-4" />
      </Button>
    </li>
  );
}
