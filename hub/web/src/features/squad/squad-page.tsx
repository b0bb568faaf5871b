import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Athlete, Team } from '@/api/queries';
import { athletesQuery, teamsQuery } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { NoSensorIcon, SquadIcon } from '@/components/ui/first-icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { PrintButton } from '@/components/ui/print-button';
import { Segments } from '@/components/ui/segments';
import { SelectField } from '@/components/ui/select-field';
import type { Loads, Measure } from '@/formulas/loads';
import { MeasureField } from '@/formulas/measure-field';
import { useWords } from '@/words/catalogue';
import { squadWords } from '@/words/squad';
import type { Absence, SquadRow, SquadView, Weeks } from './loads';
import { SQUAD_VIEWS, WEEKS, absencesQuery, daysOf, loadsQuery } from './loads';
import { SquadCards } from './squad-cards';
import { SquadTable } from './squad-table';

export interface SquadChoice {
  weeks: Weeks;
  measure: Measure;
  view: SquadView;
}

interface SquadPageProps {
  teamId: string | undefined;
  choice: SquadChoice;
  today: Date;
  onChoice: (choice: SquadChoice) => void;
  onTeam: (teamId: string) => void;
}

/** A squad's training load over weeks: what was asked of whom, and who is there. */
export function SquadPage({ teamId, choice, today, onChoice, onTeam }: SquadPageProps) {
  const words = useWords(squadWords);
  const teams = useQuery(teamsQuery);
  return (
    <Loaded query={teams} what={words.what.squad}>
      {known => {
        const team = known.length === 1 ? known[0] : known.find(one => one.id === teamId);
        if (team === undefined) return <WhichTeam teams={known} onTeam={onTeam} />;
        return <OfTeam team={team} choice={choice} today={today} onChoice={onChoice} />;
      }}
    </Loaded>
  );
}

function WhichTeam({ teams, onTeam }: { teams: readonly Team[]; onTeam: (teamId: string) => void }) {
  const words = useWords(squadWords);
  const isEmpty = teams.length === 0;
  return (
    <Page title={words.title}>
      <EmptyPanel icon={<SquadIcon className="size-9" />} title={isEmpty ? words.noTeam : words.chooseTeam}>
        {isEmpty ? words.noTeamHint : words.chooseTeamHint}
      </EmptyPanel>
      <div className="flex flex-wrap justify-center gap-2">
        {teams.map(team => (
          <Button key={team.id} onClick={() => onTeam(team.id)}>
            {team.name}
          </Button>
        ))}
      </div>
    </Page>
  );
}

interface OfTeamProps extends Pick<SquadPageProps, 'choice' | 'today' | 'onChoice'> {
  team: Team;
}

function OfTeam({ team, choice, today, onChoice }: OfTeamProps) {
  const words = useWords(squadWords);
  const days = daysOf(choice.weeks, today);
  const loads = useQuery(loadsQuery(team.id, days, choice.measure));
  const athletes = useQuery(athletesQuery(team.id));
  const absences = useQuery(absencesQuery(team.id, days.to));
  return (
    <Page
      title={words.title}
      subtitle={words.subtitle(team.name, choice.weeks * 7)}
      actions={<Choices choice={choice} onChoice={onChoice} />}
    >
      <Loaded query={loads} what={words.what.loads}>
        {told => <Squad loads={told} rows={rowsOf(told, athletes.data, absences.data)} view={choice.view} />}
      </Loaded>
    </Page>
  );
}

function rowsOf(loads: Loads, athletes: Athlete[] = [], absences: Absence[] = []): SquadRow[] {
  const people = new Map(athletes.map(one => [one.id, one]));
  return loads.athletes.map(one => ({
    name: people.get(one.athlete_id)?.name ?? '…',
    number: people.get(one.athlete_id)?.number ?? null,
    absence: absences.find(absence => absence.athlete_id === one.athlete_id),
    loads: one,
  }));
}

function Squad({ loads, rows, view }: { loads: Loads; rows: readonly SquadRow[]; view: SquadView }) {
  const words = useWords(squadWords);
  if (rows.length === 0)
    return (
      <EmptyPanel icon={<NoSensorIcon className="size-9" />} title={words.nobody}>
        {words.nobodyHint}
      </EmptyPanel>
    );
  if (rows.every(row => row.loads.load.every(load => load === 0)))
    return (
      <EmptyPanel icon={<SquadIcon className="size-9" />} title={words.nothing}>
        {words.nothingHint}
      </EmptyPanel>
    );
  const waiting = Math.max(...rows.map(row => row.loads.waiting));
  return (
    <>
      {waiting > 0 && <Note>{words.waiting(waiting)}</Note>}
      {view === 'cards' ? <SquadCards rows={rows} days={loads.days} /> : <SquadTable rows={rows} />}
      <p className="text-sm text-ink-soft">{words.describes}</p>
    </>
  );
}

function Note({ children }: { children: ReactNode }) {
  return <p className="text-late">{children}</p>;
}

function Choices({ choice, onChoice }: Pick<SquadPageProps, 'choice' | 'onChoice'>) {
  const words = useWords(squadWords);
  return (
    <div className="flex flex-wrap items-end gap-3">
      <MeasureField value={choice.measure} onChange={measure => onChoice({ ...choice, measure })} />
      <SelectField
        label={words.range}
        value={String(choice.weeks)}
        options={WEEKS.map(weeks => ({ value: String(weeks), label: words.weeks(weeks) }))}
        onChange={event => {
          const weeks = WEEKS.find(one => String(one) === event.target.value);
          if (weeks !== undefined) onChoice({ ...choice, weeks });
        }}
      />
      <Segments
        legend={words.view}
        value={choice.view}
        options={SQUAD_VIEWS.map(view => ({ value: view, label: words.views[view] }))}
        onChange={view => onChoice({ ...choice, view })}
      />
      <PrintButton />
    </div>
  );
}
