import { Link } from '@tanstack/react-router';
import { Button } from '@/components/ui/button';
import { CsvButton } from '@/components/ui/csv-button';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { useWords } from '@/words/catalogue';
import { competitionWords } from '@/words/competitions';
import { useFormats } from '@/words/formats';
import type { Competitor } from './competitions';
import { nameOf } from './people';
import type { ResultGroup, ResultRow } from './results';
import { lineOf } from './results';

/** What can be asked of one row. */
export interface Asking {
  onRevisions: (row: ResultRow) => void;
  onSplits: (row: ResultRow) => void;
  /** Undefined for whoever may not say who somebody is. */
  onMatch: ((competitor: Competitor) => void) | undefined;
}

interface ResultsTableProps extends Asking {
  group: ResultGroup;
  people: ReadonlyMap<string, Competitor>;
  names: ReadonlyMap<string, string>;
}

/** Who came in how in one round of one event. */
export function ResultsTable({ group, people, names, ...asking }: ResultsTableProps) {
  const words = useWords(competitionWords);
  const { day } = useFormats();
  const columns = useColumns(group, people, asking);
  const states: Readonly<Record<string, string>> = words.heatState;
  const title = [group.event, group.round].filter(part => part !== '').join(' · ');
  const facts = [group.day !== '' && day(`${group.day}T12:00`), states[group.state] ?? false];
  return (
    <section className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <h2 className="text-lg font-semibold">{title}</h2>
        <p className="mr-auto text-ink-soft">{facts.filter(fact => fact !== false).join(' · ')}</p>
        <CsvButton name={title} columns={columns} rows={group.rows} />
      </div>
      <DataTable caption={title} columns={columns} rows={group.rows} rowKey={row => row.fact.key} />
      {group.incidents.length > 0 && (
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-ink-soft">
          {group.incidents.map(incident => (
            <li key={JSON.stringify(incident)}>{lineOf({ ...incident, side: null }, names)}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function useColumns(
  group: ResultGroup,
  people: ReadonlyMap<string, Competitor>,
  { onRevisions, onSplits, onMatch }: Asking,
): Column<ResultRow>[] {
  const words = useWords(competitionWords);
  const statuses: Readonly<Record<string, string>> = words.statuses;
  const has = (told: (row: ResultRow) => boolean) => group.rows.some(row => told(row));
  const name = (row: ResultRow) => row.fact.name ?? words.nameGone;
  const status = (row: ResultRow) =>
    row.fact.state === 'withdrawn' ? words.withdrawn : (statuses[row.status] ?? row.status);
  const personOf = (row: ResultRow) => {
    const found = people.get(row.fact.competitor ?? '');
    return found?.kind === 'person' ? found : undefined;
  };
  const columns: (Column<ResultRow> | false)[] = [
    {
      name: words.column.rank,
      isNumber: true,
      by: row => row.rank,
      show: row => row.rank ?? '–',
    },
    has(row => row.bib !== '') && {
      name: words.column.bib,
      isNumber: true,
      by: row => row.bib,
      show: row => row.bib || '–',
    },
    {
      name: words.column.name,
      isHead: true,
      by: name,
      className: 'min-w-36',
      show: row => <Who row={row} name={name(row)} />,
    },
    has(row => row.heat !== '') && { name: words.column.heat, by: row => row.heat, show: row => row.heat },
    {
      name: words.column.result,
      isNumber: true,
      className: 'whitespace-nowrap',
      by: row => (row.ticks === null ? row.mark : row.ticks / TICKS_A_SECOND),
      show: row => (row.fact.state === 'withdrawn' ? <del>{row.mark || '–'}</del> : <b>{row.mark || '–'}</b>),
    },
    has(row => (row.fact.club ?? '') !== '') && {
      name: words.column.club,
      by: row => row.fact.club ?? '',
      show: row => row.fact.club ?? '–',
    },
    has(row => status(row) !== '') && { name: words.column.status, by: status, show: status },
    {
      name: words.column.revisions,
      by: row => row.fact.version - 1,
      show: row =>
        row.fact.version > 1 && (
          <Button
            look="quiet"
            className="-ml-2 px-2 text-late underline"
            aria-label={`${words.corrected(row.fact.version - 1)}: ${name(row)}`}
            onClick={() => onRevisions(row)}
          >
            {words.corrected(row.fact.version - 1)}
          </Button>
        ),
    },
    has(row => row.fact.athlete_id !== null) && {
      name: words.column.splits,
      show: row =>
        row.fact.athlete_id !== null &&
        row.hasResult && (
          <Button aria-label={words.splitsOf(name(row))} onClick={() => onSplits(row)}>
            {words.openSplits}
          </Button>
        ),
    },
    onMatch !== undefined &&
      has(row => personOf(row) !== undefined) && {
        name: words.column.ours,
        show: row => {
          const person = personOf(row);
          return (
            person && (
              <Button
                look="quiet"
                aria-label={words.matchOf(nameOf(person, words.nameGone))}
                onClick={() => onMatch(person)}
              >
                {words.match}
              </Button>
            )
          );
        },
      },
  ];
  return columns.filter(column => column !== false);
}

/** Times are told in 1/10,000 s. */
const TICKS_A_SECOND = 10_000;

function Who({ row, name }: { row: ResultRow; name: string }) {
  if (row.fact.athlete_id === null) return name;
  return (
    <Link
      to="/athletes/$athleteId"
      params={{ athleteId: row.fact.athlete_id }}
      className="underline decoration-line-strong underline-offset-4"
    >
      {name}
    </Link>
  );
}
