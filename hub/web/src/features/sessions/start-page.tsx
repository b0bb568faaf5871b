import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { Athlete, Team } from '@/api/queries';
import { athletesQuery, teamsQuery } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { CalendarIcon, PersonIcon } from '@/components/ui/first-icons';
import { NextIcon } from '@/components/ui/icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { startWords } from '@/words/start';
import { toLocalField } from '@/live/times';
import type { Absence } from './planning';
import { absencesQuery, planSession, startSession } from './planning';
import type { Session } from '@/api/sessions';
import type { Draft, Step } from './start-draft';
import { STEPS, bodyOf, drawn, lackOf, newDraft, takesPart } from './start-draft';
import { StepCheck } from './start-check';
import { StepWhat } from './start-what';
import { StepWho } from './start-who';

interface StartPageProps {
  /** The team that the app looks at; without one, the person's first. */
  teamId: string | undefined;
  onTeam: (teamId: string) => void;
  /** The session stands: running, or planned. */
  onMade: (session: Session) => void;
  back: ReactNode;
}

/** A session in three steps: what, who, check. */
export function StartPage({ teamId, onTeam, onMade, back }: StartPageProps) {
  const words = useWords(startWords);
  const teams = useQuery(teamsQuery);
  return (
    <Page title={words.title} back={back}>
      <Loaded query={teams} what={words.team}>
        {told => {
          const team = told.find(one => one.id === teamId) ?? told[0];
          return team === undefined ? (
            <EmptyPanel icon={<CalendarIcon className="size-9" />} title={words.noTeam}>
              {words.noTeamHint}
            </EmptyPanel>
          ) : (
            <OfTeam key={team.id} team={team} teams={told} onTeam={onTeam} onMade={onMade} />
          );
        }}
      </Loaded>
    </Page>
  );
}

interface OfTeamProps {
  team: Team;
  teams: readonly Team[];
  onTeam: (teamId: string) => void;
  onMade: (session: Session) => void;
}

function OfTeam({ team, teams, onTeam, onMade }: OfTeamProps) {
  const words = useWords(startWords);
  const [draft, setDraft] = useState(() => newDraft(nextHour()));
  const day = draft.when === 'later' && draft.at !== '' ? draft.at.slice(0, 10) : today();
  const athletes = useQuery(athletesQuery(team.id));
  const absences = useQuery(absencesQuery(team.id, day));
  return (
    <Loaded query={athletes} what={words.what.athletes}>
      {told =>
        told.length === 0 ? (
          <EmptyPanel icon={<PersonIcon className="size-9" />} title={words.emptyTeam}>
            {words.emptyTeamHint}
          </EmptyPanel>
        ) : (
          <Steps
            {...{ team, teams, onTeam, onMade, draft }}
            onDraft={setDraft}
            athletes={told.toSorted((one, other) => (one.number ?? Infinity) - (other.number ?? Infinity))}
            absences={new Map(absences.data?.map(absence => [absence.athlete_id, absence]))}
          />
        )
      }
    </Loaded>
  );
}

interface StepsProps extends OfTeamProps {
  draft: Draft;
  onDraft: (draft: Draft) => void;
  athletes: readonly Athlete[];
  absences: ReadonlyMap<string, Absence>;
}

function Steps(props: StepsProps) {
  const { draft, onDraft, athletes, absences } = props;
  const [step, setStep] = useState<Step>('what');
  const change = (part: Partial<Draft>) => onDraft(drawn(draft, part));
  const roster = athletes.filter(({ id }) => takesPart(draft, id, absences.get(id)));
  return (
    <div className="flex flex-col gap-4">
      <StepTabs step={step} onStep={setStep} />
      {step === 'what' && <StepWhat {...props} onChange={change} />}
      {step === 'who' && <StepWho {...{ draft, athletes, absences }} onChange={change} />}
      {step === 'check' && <StepCheck draft={draft} roster={roster} />}
      <Foot {...props} step={step} onStep={setStep} roster={roster} />
    </div>
  );
}

/** Where we are; each step can be gone to, in any order. */
function StepTabs({ step, onStep }: { step: Step; onStep: (step: Step) => void }) {
  const words = useWords(startWords);
  return (
    <nav aria-label={words.steps}>
      <ol className="grid grid-cols-3 gap-2">
        {STEPS.map((one, index) => (
          <li key={one}>
            <button
              type="button"
              aria-current={one === step ? 'step' : undefined}
              onClick={() => onStep(one)}
              className="flex min-h-12 w-full items-center gap-2 border-t-4 border-line-strong px-1 pt-1 text-left text-ink-soft aria-[current]:border-accent aria-[current]:font-bold aria-[current]:text-ink"
            >
              <span className="tabular-nums">{index + 1}</span> {words.step[one]}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

interface FootProps extends StepsProps {
  step: Step;
  onStep: (step: Step) => void;
  roster: readonly Athlete[];
}

/** The way on; at the last step it makes the session. */
function Foot({ draft, team, roster, step, onStep, onMade }: FootProps) {
  const words = useWords(startWords);
  const common = useWords(commonWords);
  const make = useMake(onMade);
  const index = STEPS.indexOf(step);
  const [before, after] = [STEPS[index - 1], STEPS[index + 1]];
  const lack = lackOf(draft);
  const ids = roster.map(({ id }) => id);
  return (
    <div className="sticky bottom-0 -mx-3 flex flex-wrap items-center gap-2 border-t border-line bg-page p-3 sm:-mx-5 sm:px-5">
      {before && <Button onClick={() => onStep(before)}>{common.back}</Button>}
      <div className="mr-auto min-w-0">
        <Refusal error={make.error} />
        {after === undefined && lack !== null && <p className="text-late">{words[lack]}</p>}
      </div>
      {after !== undefined && (
        <Button look="solid" onClick={() => onStep(after)}>
          {words.next} <NextIcon />
        </Button>
      )}
      {after === undefined && (
        <Button
          look="solid"
          disabled={lack !== null || make.isPending}
          onClick={() => make.mutate({ draft, teamId: team.id, ids })}
        >
          {make.isPending ? words.sending : draft.when === 'now' ? words.startNow : words.planIt}
        </Button>
      )}
    </div>
  );
}

interface Made {
  draft: Draft;
  teamId: string;
  ids: readonly string[];
}

/** Plans it and, if it is now, begins it. What could not begin is planned, and its page has the button to begin it. */
function useMake(onMade: (session: Session) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    networkMode: 'always',
    mutationFn: async ({ draft, teamId, ids }: Made) => {
      const planned = await planSession(draft.key, bodyOf(draft, teamId, ids));
      return draft.when === 'now' ? startSession(planned.id).catch(() => planned) : planned;
    },
    onSuccess: session => {
      void queryClient.invalidateQueries({ queryKey: ['sessions'] });
      onMade(session);
    },
  });
}

const HOUR_MS = 3_600_000;

function nextHour(): string {
  return toLocalField(Math.ceil(Date.now() / HOUR_MS) * HOUR_MS).slice(0, 16);
}

function today(): string {
  return toLocalField(Date.now()).slice(0, 10);
}
