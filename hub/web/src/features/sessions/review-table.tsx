import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { NumberedName } from '@/components/ui/numbered-name';
import { clockTime } from '@/live/times';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { reviewWords } from '@/words/review';
import type { AthleteSummary } from '@/formulas/summary-numbers';
import { coverageOf } from '@/formulas/summary-numbers';
import { RatingField } from './rating-field';

/** One athlete of the roster with what is known of the session so far. */
export interface Reviewed {
  id: string;
  name: string;
  number: number | null;
  summary: AthleteSummary | undefined;
}

interface ReviewTableProps {
  sessionId: string;
  rows: readonly Reviewed[];
  dropped: ReadonlySet<string>;
  onKeep: (athleteId: string, isKept: boolean) => void;
}

/** Who was there: coverage in the words of completeness, keep or drop, and the rating, by keyboard from row to row. */
export function ReviewTable({ sessionId, rows, dropped, onKeep }: ReviewTableProps) {
  const words = useWords(reviewWords);
  const columns = useColumns(sessionId, dropped, onKeep);
  return (
    <>
      <p className="text-ink-soft">{words.ratingHint}</p>
      <DataTable caption={words.coverage} columns={columns} rows={rows} rowKey={row => row.id} />
    </>
  );
}

function useColumns(
  sessionId: string,
  dropped: ReadonlySet<string>,
  onKeep: ReviewTableProps['onKeep'],
): Column<Reviewed>[] {
  const words = useWords(reviewWords);
  return [
    {
      name: words.athlete,
      isHead: true,
      show: row => (
        <NumberedName number={row.number}>
          <span className={dropped.has(row.id) ? 'line-through' : ''}>{row.name}</span>
        </NumberedName>
      ),
    },
    {
      name: words.keep,
      show: row => (
        <label className="inline-flex size-11 items-center justify-center">
          <span className="sr-only">{words.keepOf(row.name)}</span>
          <input
            type="checkbox"
            className="size-7 accent-(--accent)"
            checked={!dropped.has(row.id)}
            onChange={event => onKeep(row.id, event.target.checked)}
          />
        </label>
      ),
    },
    {
      name: words.rating,
      show: row => <RatingField sessionId={sessionId} athleteId={row.id} name={row.name} />,
    },
    {
      name: words.coverage,
      show: row => <Coverage summary={row.summary} />,
    },
  ];
}

/** More stretches than these are counted: nobody reads twenty. */
const LISTED = 3;

function Coverage({ summary }: Pick<Reviewed, 'summary'>) {
  const { number } = useFormats();
  const percent = summary === undefined ? null : coverageOf(summary);
  return (
    <span className="block min-w-48">
      {percent !== null && <b className="tabular-nums">{number(percent, 0)} % </b>}
      <Words summary={summary} />
    </span>
  );
}

function Words({ summary }: Pick<Reviewed, 'summary'>) {
  const words = useWords(reviewWords);
  if (summary === undefined) return '–';
  if (summary.complete === null) return words.nothingWorn;
  if (summary.stretches.length === 0) return words.word[summary.complete ? 'complete' : 'unknown'];
  const told = summary.stretches
    .slice(0, LISTED)
    .map(({ word, from, to }) =>
      words.stretch(words.word[word], clockTime(Date.parse(from)), clockTime(Date.parse(to))),
    );
  const more = summary.stretches.length - LISTED;
  return (
    <span className="text-sm text-late">
      {told.join('; ')} {more > 0 && words.more(more)}
    </span>
  );
}
