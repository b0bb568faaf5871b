import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Athlete } from '@/api/queries';
import { athletesQuery } from '@/api/queries';
import { Button } from '@/components/ui/button';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { CsvButton } from '@/components/ui/csv-button';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { CalendarIcon } from '@/components/ui/first-icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { useWords } from '@/words/catalogue';
import { competitionWords } from '@/words/competitions';
import { useFormats } from '@/words/formats';
import type { AthleteResult } from './competitions';
import { ownResultsQuery } from './competitions';
import { markOf, textOf } from './results';
import { RevisionsDialog } from './revisions-dialog';
import { SplitsDialog } from './splits-dialog';

/** The own results: an athlete's, or those of everybody whom a guardian stands for. */
export function OwnResultsPage() {
  const words = useWords(competitionWords);
  const athletes = useQuery(athletesQuery(undefined));
  return (
    <Page title={words.ownTitle}>
      <Loaded query={athletes} what={words.what.results}>
        {own =>
          own.map(athlete => <OfAthlete key={athlete.id} athlete={athlete} isOnly={own.length === 1} />)
        }
      </Loaded>
    </Page>
  );
}

interface Asked {
  what: 'revisions' | 'splits';
  result: AthleteResult;
}

const NOBODY_ELSE: ReadonlyMap<string, string> = new Map();

function OfAthlete({ athlete, isOnly }: { athlete: Athlete; isOnly: boolean }) {
  const words = useWords(competitionWords);
  const results = useQuery(ownResultsQuery(athlete.id));
  const [asked, setAsked] = useState<Asked | null>(null);
  const columns = useColumns(setAsked);
  const title = asked === null ? '' : asked.result.event || asked.result.competition;
  return (
    <section className="flex flex-col gap-2">
      {!isOnly && <h2 className="text-lg font-semibold">{athlete.name}</h2>}
      <Loaded query={results} what={words.what.results}>
        {told =>
          told.length === 0 ? (
            <EmptyPanel icon={<CalendarIcon className="size-9" />} title={words.noOwn}>
              {words.noOwnHint}
            </EmptyPanel>
          ) : (
            <>
              <div className="self-end">
                <CsvButton name={`${words.what.results} ${athlete.name}`} columns={columns} rows={told} />
              </div>
              <DataTable
                caption={athlete.name}
                columns={columns}
                rows={told}
                rowKey={one => String(one.id)}
              />
            </>
          )
        }
      </Loaded>
      {asked?.what === 'revisions' && (
        <RevisionsDialog
          competitionId={asked.result.competition_id}
          factId={asked.result.id}
          title={words.revisionsOf(title)}
          names={NOBODY_ELSE}
          onClose={() => setAsked(null)}
        />
      )}
      {asked?.what === 'splits' && (
        <SplitsDialog
          competitionId={asked.result.competition_id}
          factId={asked.result.id}
          title={words.splitsOf(title)}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  );
}

function event(one: AthleteResult): string {
  return [one.event, one.round].filter(part => part !== '').join(' · ') || '–';
}

function rank(one: AthleteResult): number | null {
  return Number(textOf(one.content, 'rank')) || null;
}

function useColumns(onAsk: (asked: Asked) => void): Column<AthleteResult>[] {
  const words = useWords(competitionWords);
  const { day } = useFormats();
  const statuses: Readonly<Record<string, string>> = words.statuses;
  const status = (one: AthleteResult) => {
    if (one.state === 'withdrawn') return words.withdrawn;
    const told = textOf(one.content, 'status');
    return statuses[told] ?? told;
  };
  return [
    {
      name: words.column.competition,
      isHead: true,
      by: one => one.competition,
      show: one => (
        <Link
          to="/competitions/$competitionId"
          params={{ competitionId: one.competition_id }}
          className="inline-flex min-h-11 items-center underline decoration-line-strong underline-offset-4"
        >
          {one.competition}
        </Link>
      ),
    },
    {
      name: words.column.day,
      by: one => one.day,
      className: 'whitespace-nowrap',
      show: one => (one.day === null ? '–' : day(`${one.day}T12:00`)),
    },
    { name: words.column.event, by: event, show: event },
    { name: words.column.rank, isNumber: true, by: rank, show: one => rank(one) ?? '–' },
    {
      name: words.column.result,
      isNumber: true,
      by: one => markOf(one.content),
      show: one => <b className="whitespace-nowrap">{markOf(one.content) || '–'}</b>,
    },
    { name: words.column.status, by: status, show: status },
    {
      name: words.column.revisions,
      by: one => one.version - 1,
      show: one =>
        one.version > 1 && (
          <Button
            look="quiet"
            className="-ml-2 px-2 text-late underline"
            onClick={() => onAsk({ what: 'revisions', result: one })}
          >
            {words.corrected(one.version - 1)}
          </Button>
        ),
    },
    {
      name: words.column.splits,
      show: one => (
        <Button
          aria-label={words.splitsOf(`${event(one)}, ${one.competition}`)}
          onClick={() => onAsk({ what: 'splits', result: one })}
        >
          {words.openSplits}
        </Button>
      ),
    },
  ];
}
