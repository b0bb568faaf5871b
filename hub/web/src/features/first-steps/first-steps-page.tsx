import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ComponentType, ReactNode } from 'react';
import { useState } from 'react';
import { useChoose } from '@/api/preferences';
import type { Team } from '@/api/queries';
import { teamsQuery } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { Page } from '@/components/ui/page';
import { Skeleton } from '@/components/ui/skeleton';
import { useWords } from '@/words/catalogue';
import { firstStepsWords } from '@/words/first-steps';
import { ConsentStep } from './consent-step';
import { GatewayStep } from './gateway-step';
import type { Step } from './steps';
import { STEPS, useDone } from './steps';
import { StrapsStep } from './straps-step';
import { TeamStep } from './team-step';

interface FirstStepsPageProps {
  /** Brings a list of athletes; another feature's dialog. */
  BringRoster: ComponentType<{
    teams: readonly Team[];
    teamId: string;
    onClose: () => void;
    onStored: (told: string) => void;
  }>;
  /** Where one goes once it is put away. */
  onPutAway: () => void;
}

/** From an empty club to the first heartbeat: each step knows whether it is done, the next one is open. */
export function FirstStepsPage({ BringRoster, onPutAway }: FirstStepsPageProps) {
  const words = useWords(firstStepsWords);
  const done = useDone();
  const choose = useChoose();
  const putAway = () => choose.mutate({ first_steps_done: true }, { onSuccess: onPutAway });
  const next = done && STEPS.find(step => !done[step]);
  const count = done ? STEPS.filter(step => done[step]).length : 0;
  return (
    <Page
      title={words.title}
      subtitle={done && words.progress(count, STEPS.length)}
      actions={<Button onClick={putAway}>{words.putAway}</Button>}
    >
      {done === undefined ? (
        <Skeleton lines={STEPS.length} />
      ) : (
        <ol className="mx-auto flex w-full max-w-3xl flex-col gap-3">
          {STEPS.map((step, index) => (
            <StepCard key={step} step={step} number={index + 1} isDone={done[step]} isNext={step === next}>
              <Act step={step} BringRoster={BringRoster} />
            </StepCard>
          ))}
        </ol>
      )}
      {done !== undefined && next === undefined && (
        <p role="status" className="text-center text-lg font-semibold text-good">
          {words.allDone}
        </p>
      )}
    </Page>
  );
}

interface StepCardProps {
  step: Step;
  number: number;
  isDone: boolean;
  isNext: boolean;
  children: ReactNode;
}

/** Done steps are closed with a tick, the next one stands open; any can be opened, since clubs go their own ways. */
function StepCard({ step, number, isDone, isNext, children }: StepCardProps) {
  const words = useWords(firstStepsWords);
  return (
    <li
      data-step={step}
      data-done={isDone}
      aria-current={isNext ? 'step' : undefined}
      className={`rounded-xl border bg-surface p-4 ${isNext ? 'border-2 border-accent' : 'border-line'}`}
    >
      <details key={String(isNext)} open={isNext}>
        <summary className="flex min-h-11 cursor-pointer items-center gap-3">
          <span
            aria-hidden="true"
            className={`flex size-8 shrink-0 items-center justify-center rounded-full border-2 font-bold ${isDone ? 'border-good text-good' : 'border-line-strong'}`}
          >
            {isDone ? '✓' : number}
          </span>
          <h2 className="font-semibold">{words.step[step].title}</h2>
          <span className={`ml-auto text-sm ${isDone ? 'text-good' : 'text-ink-soft'}`}>
            {isDone ? words.done : words.open}
          </span>
        </summary>
        <div className="flex flex-col gap-3 pt-2">
          <p className="max-w-prose text-ink-soft">{words.step[step].hint}</p>
          {children}
        </div>
      </details>
    </li>
  );
}

/** What is done in each step; the list of athletes is brought by another feature's dialog. */
const ACTS: Record<Exclude<Step, 'roster'>, ComponentType> = {
  team: TeamStep,
  gateway: GatewayStep,
  straps: StrapsStep,
  consent: ConsentStep,
  session: () => <Way to="/sessions/new" word="startSession" />,
  heartbeat: () => <Way to="/" word="toWall" />,
};

function Act({ step, BringRoster }: { step: Step } & Pick<FirstStepsPageProps, 'BringRoster'>) {
  if (step === 'roster') return <RosterStep BringRoster={BringRoster} />;
  const OfStep = ACTS[step];
  return <OfStep />;
}

function Way({ to, word }: { to: '/' | '/sessions/new'; word: 'startSession' | 'toWall' }) {
  const words = useWords(firstStepsWords);
  return (
    <Link
      to={to}
      className="inline-flex min-h-11 items-center self-start rounded-lg border border-accent bg-accent px-4 font-medium text-on-accent"
    >
      {words[word]}
    </Link>
  );
}

function RosterStep({ BringRoster }: Pick<FirstStepsPageProps, 'BringRoster'>) {
  const words = useWords(firstStepsWords);
  const { data: teams = [] } = useQuery(teamsQuery);
  const [isOpen, setIsOpen] = useState(false);
  const [told, setTold] = useState('');
  const [team] = teams;
  if (team === undefined) return <p>{words.teamFirst}</p>;
  return (
    <>
      <Button look="solid" className="self-start" onClick={() => setIsOpen(true)}>
        {words.bringRoster}
      </Button>
      {told !== '' && (
        <p role="status" className="text-good">
          {told}
        </p>
      )}
      {isOpen && (
        <BringRoster teams={teams} teamId={team.id} onClose={() => setIsOpen(false)} onStored={setTold} />
      )}
    </>
  );
}
