import { useWords } from '@/words/catalogue';
import { competitionWords } from '@/words/competitions';
import type { Fact } from './competitions';
import type { FieldChange } from './results';

interface ChangeListProps {
  /** What the fact became by it. */
  state: Fact['state'];
  changes: readonly FieldChange[];
  /** The first version has nothing before it. */
  isFirst?: boolean;
}

/** What changed in a fact: each field with what it said before and says now, told apart by words, not by colour alone. */
export function ChangeList({ state, changes, isFirst = false }: ChangeListProps) {
  const words = useWords(competitionWords);
  const names: Readonly<Record<string, string>> = words.fields;
  if (state === 'withdrawn') return <p className="font-medium text-lost">{words.wasWithdrawn}</p>;
  if (changes.length === 0) return <p className="text-ink-soft">{words.stoodAgain}</p>;
  return (
    <ul className="flex flex-col">
      {changes.map(({ field, before, after }) => (
        <li key={field} className="break-words">
          <span className="text-ink-soft">{names[field] ?? field}:</span>{' '}
          {!isFirst && (
            <>
              <del className="tabular-nums">{before || words.nothingBefore}</del> →{' '}
            </>
          )}
          <ins className="font-semibold no-underline tabular-nums">{after || words.nothingBefore}</ins>
        </li>
      ))}
    </ul>
  );
}
