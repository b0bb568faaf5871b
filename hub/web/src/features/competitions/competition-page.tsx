import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { CalendarIcon, PeopleIcon } from '@/components/ui/first-icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { Segments } from '@/components/ui/segments';
import { useWords } from '@/words/catalogue';
import { competitionWords } from '@/words/competitions';
import { useFormats } from '@/words/formats';
import { BringFile } from './bring-file';
import { ClocksPanel } from './clocks-panel';
import type { Competition, Competitor, Fact } from './competitions';
import { competitionQuery, competitorsQuery, dayOf, factsQuery } from './competitions';
import { CorrectionsPanel } from './corrections-panel';
import { MatchDays } from './match-days';
import { MatchDialog } from './match-dialog';
import { bibsOf } from './people';
import { PeoplePanel } from './people-panel';
import type { ResultGroup, ResultRow } from './results';
import { groupsOf, namesOf } from './results';
import { ResultsTable } from './results-table';
import { RevisionsDialog } from './revisions-dialog';
import { SplitsDialog } from './splits-dialog';

export interface Rights {
  /** Brings files and sets clocks. */
  scores: boolean;
  /** Says who is one of ours. */
  matches: boolean;
  /** Sees sessions and their numbers. */
  compares: boolean;
}

interface CompetitionPageProps {
  competitionId: string;
  rights: Rights;
  back: ReactNode;
}

/** One competition: results with their corrections, who is who, splits with heart rate. */
export function CompetitionPage({ competitionId, rights, back }: CompetitionPageProps) {
  const words = useWords(competitionWords);
  const competition = useQuery(competitionQuery(competitionId));
  const facts = useQuery(factsQuery(competitionId));
  const people = useQuery(competitorsQuery(competitionId));
  const [isBringing, setBringing] = useState(false);
  return (
    <Page
      title={competition.data?.name ?? words.what.competition}
      subtitle={competition.data && <When competition={competition.data} />}
      back={back}
      actions={
        rights.scores && (
          <Button look="solid" onClick={() => setBringing(true)}>
            {words.bringShort}
          </Button>
        )
      }
    >
      <Loaded query={competition} what={words.what.competition}>
        {known => (
          <>
            <Loaded query={facts} what={words.what.results}>
              {told => (
                <Results
                  competitionId={competitionId}
                  facts={told}
                  people={people.data ?? []}
                  rights={rights}
                />
              )}
            </Loaded>
            {rights.compares && <MatchDays competition={known} />}
            <ClocksPanel competitionId={competitionId} scores={rights.scores} />
          </>
        )}
      </Loaded>
      {isBringing && (
        <BringFile
          competitionId={competitionId}
          onClose={() => setBringing(false)}
          onTaken={() => setBringing(false)}
        />
      )}
    </Page>
  );
}

function When({ competition }: { competition: Competition }) {
  const { date } = useFormats();
  const first = dayOf(competition);
  const last = competition.last_day ?? first;
  const days = [first, ...(last === first ? [] : [last])].map(day => date(`${day}T12:00`)).join(' – ');
  return [days, competition.city, competition.nation].filter(part => part !== '').join(' · ');
}

const VIEWS = ['ours', 'all'] as const;
type View = (typeof VIEWS)[number];
type Asked = { what: 'revisions' | 'splits'; row: ResultRow } | { what: 'match'; competitor: Competitor };

interface ResultsProps {
  competitionId: string;
  facts: readonly Fact[];
  people: readonly Competitor[];
  rights: Rights;
}

function Results({ competitionId, facts, people, rights }: ResultsProps) {
  const words = useWords(competitionWords);
  const groups = groupsOf(facts);
  const ours = groups.flatMap(group => oursOf(group));
  const [view, setView] = useState<View | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const shownView = view ?? (ours.length > 0 ? 'ours' : 'all');
  const names = namesOf(people);
  const bibs = bibsOf(facts);
  const close = () => setAsked(null);
  if (groups.length === 0)
    return (
      <EmptyPanel icon={<CalendarIcon className="size-9" />} title={words.noResults}>
        {rights.scores ? words.noResultsHint : words.nothingSeenHint}
      </EmptyPanel>
    );
  return (
    <>
      {rights.matches && (
        <PeoplePanel
          people={people}
          bibs={bibs}
          onMatch={competitor => setAsked({ what: 'match', competitor })}
        />
      )}
      <Segments
        className="self-start"
        legend={words.view}
        value={shownView}
        options={VIEWS.map(value => ({ value, label: words.views[value] }))}
        onChange={chosen => setView(chosen)}
      />
      {shownView === 'ours' && ours.length === 0 && (
        <EmptyPanel icon={<PeopleIcon className="size-9" />} title={words.noneOfOurs}>
          {words.noneOfOursHint}
        </EmptyPanel>
      )}
      {(shownView === 'ours' ? ours : groups).map(group => (
        <ResultsTable
          key={group.key}
          group={group}
          people={new Map(people.map(one => [one.key, one]))}
          names={names}
          onRevisions={row => setAsked({ what: 'revisions', row })}
          onSplits={row => setAsked({ what: 'splits', row })}
          onMatch={rights.matches ? competitor => setAsked({ what: 'match', competitor }) : undefined}
        />
      ))}
      <CorrectionsPanel competitionId={competitionId} facts={facts} names={names} />
      {asked !== null && (
        <AskedDialog competitionId={competitionId} asked={asked} names={names} bibs={bibs} onClose={close} />
      )}
    </>
  );
}

interface AskedDialogProps {
  competitionId: string;
  asked: Asked;
  names: ReadonlyMap<string, string>;
  bibs: ReadonlyMap<string, string>;
  onClose: () => void;
}

function AskedDialog({ competitionId, asked, names, bibs, onClose }: AskedDialogProps) {
  const words = useWords(competitionWords);
  if (asked.what === 'match') {
    const { competitor } = asked;
    return (
      <MatchDialog
        competitionId={competitionId}
        competitor={competitor}
        bib={bibs.get(competitor.key)}
        onClose={onClose}
      />
    );
  }
  const { id: factId, name } = asked.row.fact;
  const about = { competitionId, factId, onClose };
  const who = name ?? words.nameGone;
  return asked.what === 'splits' ? (
    <SplitsDialog {...about} title={words.splitsOf(who)} />
  ) : (
    <RevisionsDialog {...about} title={words.revisionsOf(who)} names={names} />
  );
}

/** The rows of a group that are of own athletes; no group without one. */
function oursOf(group: ResultGroup): ResultGroup[] {
  const rows = group.rows.filter(row => row.fact.athlete_id !== null);
  return rows.length === 0 ? [] : [{ ...group, rows }];
}
