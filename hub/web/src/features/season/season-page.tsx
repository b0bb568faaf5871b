import { useQueries, useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Team } from '@/api/queries';
import { teamsQuery } from '@/api/queries';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { SquadIcon } from '@/components/ui/first-icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { Panel } from '@/components/ui/panel';
import { SelectField } from '@/components/ui/select-field';
import type { Measure } from '@/formulas/loads';
import { MeasureField } from '@/formulas/measure-field';
import { useWords } from '@/words/catalogue';
import { seasonWords } from '@/words/season';
import type { Overview, SeasonWeeks, Told } from './season';
import { SEASON_WEEKS, TOLD, overviewQuery, valueOf, weeksUpTo } from './season';
import { TeamResults } from './team-results';
import { WeekChart } from './week-chart';
import { WeekTable } from './week-table';

export interface SeasonChoice {
  weeks: SeasonWeeks;
  measure: Measure;
}

interface SeasonPageProps {
  /** One team, or all of them. */
  teamId: string | undefined;
  choice: SeasonChoice;
  today: Date;
  onChoice: (choice: SeasonChoice) => void;
}

/** The teams of the club over a season, beside each other: of groups, never of one athlete. */
export function SeasonPage({ teamId, choice, today, onChoice }: SeasonPageProps) {
  const words = useWords(seasonWords);
  const teams = useQuery(teamsQuery);
  return (
    <Page
      title={words.title}
      subtitle={words.subtitle(choice.weeks)}
      actions={<Choices choice={choice} onChoice={onChoice} />}
    >
      <Loaded query={teams} what={words.what.teams}>
        {known =>
          known.length === 0 ? (
            <EmptyPanel icon={<SquadIcon className="size-9" />} title={words.noTeam}>
              {words.noTeamHint}
            </EmptyPanel>
          ) : (
            <Teams
              teams={known.filter(team => (teamId ?? team.id) === team.id)}
              choice={choice}
              days={weeksUpTo(today, choice.weeks)}
            />
          )
        }
      </Loaded>
      <p className="text-sm text-ink-soft">{words.describes}</p>
    </Page>
  );
}

interface TeamsProps {
  teams: readonly Team[];
  choice: SeasonChoice;
  days: { from: string; to: string };
}

function Teams({ teams, choice, days }: TeamsProps) {
  const overviews = useQueries({
    queries: teams.map(team => overviewQuery(team.id, days, choice.measure)),
  });
  const told = overviews.flatMap(({ data }) => data ?? []);
  return teams.map((team, place) => {
    const query = overviews[place];
    return query && <OfTeam key={team.id} team={team} query={query} all={told} days={days} />;
  });
}

interface OfTeamProps {
  team: Team;
  query: UseQueryResult<Overview>;
  /** Of all teams shown: their charts have one scale. */
  all: readonly Overview[];
  days: { from: string; to: string };
}

function OfTeam({ team, query, all, days }: OfTeamProps) {
  const words = useWords(seasonWords);
  const most = (told: Told) =>
    Math.max(0, ...all.flatMap(({ weeks }) => weeks.map(week => valueOf(week, told) ?? 0)));
  return (
    <Panel title={team.name}>
      <Loaded query={query} what={words.what.team}>
        {overview => (
          <>
            <Now overview={overview} />
            {isSilent(overview) ? (
              <EmptyPanel icon={<SquadIcon className="size-9" />} title={words.nothing}>
                {words.nothingHint}
              </EmptyPanel>
            ) : (
              <>
                <div className="grid grid-cols-1 gap-3 sm:grid-cols-2 xl:grid-cols-5">
                  {TOLD.map(told => (
                    <WeekChart key={told} told={told} weeks={overview.weeks} most={most(told)} />
                  ))}
                </div>
                <WeekTable team={team.name} weeks={overview.weeks} />
              </>
            )}
            <TeamResults teamId={team.id} days={days} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

/** Nothing was held, answered or missed. */
function isSilent({ weeks }: Overview): boolean {
  return weeks.every(week => week.sessions === 0 && week.wellness.of === 0 && (week.absent ?? 0) === 0);
}

function Now({ overview }: { overview: Overview }) {
  const words = useWords(seasonWords);
  const { absent_now: absent, athletes, waiting } = overview;
  return (
    <div>
      <p className="font-medium">
        {words.athletes(athletes)}
        {absent !== null && ` · ${words.absentNow(absent.injury, absent.illness, absent.other)}`}
      </p>
      {absent === null && <p className="text-late">{words.tooFew}</p>}
      {waiting > 0 && <p className="text-late">{words.waiting(waiting)}</p>}
    </div>
  );
}

function Choices({ choice, onChoice }: Pick<SeasonPageProps, 'choice' | 'onChoice'>) {
  const words = useWords(seasonWords);
  return (
    <div className="flex flex-wrap items-end gap-3">
      <MeasureField value={choice.measure} onChange={measure => onChoice({ ...choice, measure })} />
      <SelectField
        label={words.range}
        value={String(choice.weeks)}
        options={SEASON_WEEKS.map(weeks => ({ value: String(weeks), label: words.weeks(weeks) }))}
        onChange={event => {
          const weeks = SEASON_WEEKS.find(one => String(one) === event.target.value);
          if (weeks !== undefined) onChoice({ ...choice, weeks });
        }}
      />
    </div>
  );
}
