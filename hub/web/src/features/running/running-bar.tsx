import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Session, SessionEntry, Timeline } from '@/api/sessions';
import { sessionQuery, timelineQuery } from '@/api/sessions';
import { Button } from '@/components/ui/button';
import { useLive } from '@/live/live-context';
import { useHubNow } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { runningWords } from '@/words/running';
import { EndDialog } from './end-dialog';
import { LineUp } from './line-up';
import { asTapped, phaseNow, playNow, stopwatch } from './running';
import type { Said } from './taps';
import { TapStrip } from './tap-strip';
import { useTaps } from './use-taps';

interface RunningBarProps {
  session: SessionEntry;
  /** Whether this person may tap: who only watches sees the clocks. */
  trains: boolean;
  onEnded?: ((session: Session) => void) | undefined;
}

const NOTHING: Timeline = { phases: [], markers: [], play: [] };

/** A running session: its clock, its phases, and everything that is done in one tap. */
export function RunningBar({ session, trains, onEnded }: RunningBarProps) {
  const { store } = useLive();
  const words = useWords(runningWords);
  const { taps, all } = useTaps();
  const asked = useQuery(timelineQuery(session.id));
  const mine = all.filter(tap => tap.sessionId === session.id);
  const timeline = asTapped(asked.data ?? NOTHING, mine);
  useTellTiles(session.id, timeline);
  const tap = (said: Said) => taps.tap(session.id, said, store.clock.now());
  return (
    <section
      aria-label={words.running}
      className="flex flex-col gap-1.5 border-b border-line bg-surface px-3 py-1.5 xl:px-4"
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
        <Clocks session={session} timeline={timeline} />
        {trains && (
          <>
            <Phases session={session} timeline={timeline} onTap={tap} />
            <Acts {...{ session, timeline, onEnded }} onTap={tap} />
          </>
        )}
      </div>
      {trains && <TapStrip sessionId={session.id} />}
    </section>
  );
}

/** Tells the tiles who is not in play. */
function useTellTiles(sessionId: string, timeline: Timeline): void {
  const { store } = useLive();
  const told = JSON.stringify([...playNow(timeline)].filter(([, state]) => state !== 'in_play'));
  useEffect(() => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written one line above
    store.setPlay(sessionId, new Map(JSON.parse(told) as [string, 'bench' | 'unavailable'][]));
    return () => store.setPlay(sessionId, new Map());
  }, [store, sessionId, told]);
}

function Clocks({ session, timeline }: { session: SessionEntry; timeline: Timeline }) {
  const words = useWords(runningWords);
  const nowMs = useHubNow();
  const clock = stopwatch(nowMs - Date.parse(session.started_at ?? session.planned_from));
  const phase = phaseNow(timeline);
  return (
    <p className="flex min-w-0 items-baseline gap-3">
      <span className="truncate font-semibold">{session.name}</span>
      <time className="text-2xl font-bold tabular-nums" title={words.since(clock)}>
        {clock}
      </time>
      {phase !== null && (
        <span className="whitespace-nowrap text-ink-soft tabular-nums" data-part="phase">
          {words.inPhase(phase.name, stopwatch(nowMs - Date.parse(phase.from)))}
        </span>
      )}
    </p>
  );
}

interface TappingProps {
  session: SessionEntry;
  timeline: Timeline;
  onTap: (said: Said) => void;
}

/** Each phase of the plan begins at one tap; the one that runs is marked. */
function Phases({ session, timeline, onTap }: TappingProps) {
  const words = useWords(runningWords);
  const { data } = useQuery(sessionQuery(session.id));
  const usual = Object.values(words.usual);
  const planned = data === undefined || data.plan.length === 0 ? usual : data.plan.map(({ name }) => name);
  const running = phaseNow(timeline)?.name;
  return (
    <ul aria-label={words.phases} className="flex min-w-0 gap-1.5 overflow-x-auto p-1">
      {[...new Set(planned)].map(name => (
        <li key={name}>
          <Button
            look={name === running ? 'solid' : 'outline'}
            className="px-3 whitespace-nowrap"
            aria-pressed={name === running}
            onClick={() => name !== running && onTap({ what: 'phases', name })}
          >
            {name}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Acts({ session, timeline, onTap, onEnded }: TappingProps & { onEnded: RunningBarProps['onEnded'] }) {
  const words = useWords(runningWords);
  const [opened, setOpened] = useState<'line-up' | 'end' | null>(null);
  const close = () => setOpened(null);
  return (
    <div className="ml-auto flex gap-1.5">
      <Button
        className="px-3"
        onClick={() => onTap({ what: 'markers', name: words.markerName(timeline.markers.length + 1) })}
      >
        {words.marker}
      </Button>
      <Button className="px-3" onClick={() => setOpened('line-up')}>
        {words.lineUp}
      </Button>
      <Button className="px-3" onClick={() => setOpened('end')}>
        {words.end}
      </Button>
      {opened === 'line-up' && <LineUp {...{ session, timeline, onTap }} onClose={close} />}
      {opened === 'end' && <EndDialog session={session} onEnded={onEnded} onClose={close} />}
    </div>
  );
}
