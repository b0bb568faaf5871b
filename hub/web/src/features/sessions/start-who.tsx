import { useId } from 'react';
import type { Athlete } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { useWords } from '@/words/catalogue';
import { startWords } from '@/words/start';
import type { Absence } from './planning';
import type { Draft } from './start-draft';
import { takesPart } from './start-draft';

interface StepWhoProps {
  draft: Draft;
  athletes: readonly Athlete[];
  absences: ReadonlyMap<string, Absence>;
  onChange: (part: Partial<Draft>) => void;
}

/** The team, by jersey: who takes part, in which group; whoever cannot train is marked and left out at first. */
export function StepWho({ draft, athletes, absences, onChange }: StepWhoProps) {
  const words = useWords(startWords);
  const groups = useId();
  const all = (isIn: boolean) => onChange({ chosen: new Map(athletes.map(({ id }) => [id, isIn])) });
  const count = athletes.filter(({ id }) => takesPart(draft, id, absences.get(id))).length;
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <p className="mr-auto font-medium tabular-nums">{words.chosen(count, athletes.length)}</p>
        <Button onClick={() => all(true)}>{words.everybody}</Button>
        <Button onClick={() => all(false)}>{words.nobody}</Button>
      </div>
      <datalist id={groups}>
        {[...new Set(draft.groups.values())].map(group => (
          <option key={group}>{group}</option>
        ))}
      </datalist>
      <ul className="grid overflow-hidden rounded-xl border border-line bg-surface lg:grid-cols-2">
        {athletes.map(athlete => (
          <Row
            key={athlete.id}
            athlete={athlete}
            absence={absences.get(athlete.id)}
            isIn={takesPart(draft, athlete.id, absences.get(athlete.id))}
            group={draft.groups.get(athlete.id) ?? ''}
            groups={groups}
            onChosen={isIn => onChange({ chosen: new Map(draft.chosen).set(athlete.id, isIn) })}
            onGroup={group => onChange({ groups: new Map(draft.groups).set(athlete.id, group) })}
          />
        ))}
      </ul>
    </>
  );
}

interface RowProps {
  athlete: Athlete;
  absence: Absence | undefined;
  isIn: boolean;
  group: string;
  /** The list of groups named so far. */
  groups: string;
  onChosen: (isIn: boolean) => void;
  onGroup: (group: string) => void;
}

function Row({ athlete, absence, isIn, group, groups, onChosen, onGroup }: RowProps) {
  const words = useWords(startWords);
  return (
    <li className="flex min-h-13 items-center gap-3 border-b border-line px-3 py-1">
      <label className="flex min-h-11 min-w-0 flex-1 items-center gap-3">
        <input
          type="checkbox"
          className="size-6 shrink-0 accent-(--accent)"
          checked={isIn}
          onChange={event => onChosen(event.target.checked)}
        />
        <span className="w-7 shrink-0 text-right font-bold tabular-nums">{athlete.number ?? '–'}</span>
        <span className="min-w-0">
          <span className="block truncate">{athlete.name}</span>
          {absence && (
            <span className="block text-sm text-late">
              {words.absent[absence.training]}: {words.reason[absence.reason]}
            </span>
          )}
        </span>
      </label>
      <input
        aria-label={words.group(athlete.name)}
        placeholder={words.groupHint}
        list={groups}
        maxLength={40}
        value={group}
        disabled={!isIn}
        onChange={event => onGroup(event.target.value)}
        className="min-h-11 w-28 rounded-lg border border-line-strong bg-surface px-2 placeholder:text-ink-soft disabled:opacity-60"
      />
    </li>
  );
}
