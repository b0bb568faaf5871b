import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { CalendarIcon } from '@/components/ui/first-icons';
import { PlusIcon } from '@/components/ui/icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { useWords } from '@/words/catalogue';
import { competitionWords } from '@/words/competitions';
import { useFormats } from '@/words/formats';
import { AddCompetition } from './add-competition';
import { BringFile } from './bring-file';
import type { Competition } from './competitions';
import { competitionsQuery, dayOf, seasonsOf } from './competitions';

interface CompetitionsPageProps {
  /** Whether this person brings results. */
  scores: boolean;
  onOpen: (competitionId: string) => void;
}

type Doing = 'bring' | 'add' | null;

/** The competitions of the club, season by season. */
export function CompetitionsPage({ scores, onOpen }: CompetitionsPageProps) {
  const words = useWords(competitionWords);
  const competitions = useQuery(competitionsQuery);
  const [doing, setDoing] = useState<Doing>(null);
  const close = () => setDoing(null);
  return (
    <Page
      title={words.title}
      actions={
        scores && (
          <>
            <Button onClick={() => setDoing('add')}>
              <PlusIcon /> {words.add}
            </Button>
            <Button look="solid" onClick={() => setDoing('bring')}>
              {words.bring}
            </Button>
          </>
        )
      }
    >
      <Loaded query={competitions} what={words.what.competitions}>
        {found =>
          found.length === 0 ? (
            <EmptyPanel icon={<CalendarIcon className="size-9" />} title={words.nothing}>
              {scores ? words.nothingHint : words.nothingSeenHint}
            </EmptyPanel>
          ) : (
            seasonsOf(found).map(({ name, competitions: own }) => (
              <section key={name} className="flex flex-col gap-2">
                <h2 className="text-lg font-semibold">{words.season(name)}</h2>
                <SeasonTable name={words.season(name)} competitions={own} />
              </section>
            ))
          )
        }
      </Loaded>
      {doing === 'bring' && <BringFile competitionId={null} onClose={close} onTaken={onOpen} />}
      {doing === 'add' && <AddCompetition onClose={close} onAdded={onOpen} />}
    </Page>
  );
}

function SeasonTable({ name, competitions }: { name: string; competitions: readonly Competition[] }) {
  return <DataTable caption={name} columns={useColumns()} rows={competitions} rowKey={one => one.id} />;
}

function useColumns(): Column<Competition>[] {
  const words = useWords(competitionWords);
  const { day } = useFormats();
  return [
    {
      name: words.column.competition,
      isHead: true,
      by: one => one.name,
      show: one => (
        <Link
          to="/competitions/$competitionId"
          params={{ competitionId: one.id }}
          className="inline-flex min-h-11 items-center underline decoration-line-strong underline-offset-4"
        >
          {one.name}
        </Link>
      ),
    },
    {
      name: words.column.day,
      by: dayOf,
      className: 'whitespace-nowrap',
      show: one => day(`${dayOf(one)}T12:00`),
    },
    {
      name: words.column.place,
      by: one => one.city,
      show: one => [one.city, one.nation].filter(part => part !== '').join(', ') || '–',
    },
    { name: words.column.files, isNumber: true, by: one => one.files, show: one => one.files },
    {
      name: words.column.toTellApart,
      isNumber: true,
      by: one => one.ambiguous,
      show: one => (one.ambiguous === 0 ? '–' : <b className="text-late">{one.ambiguous}</b>),
    },
  ];
}
