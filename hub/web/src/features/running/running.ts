/** Sessions that run now. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { components } from '@/api/schema';
import type { PlayState, Session, SessionEntry, Timeline } from '@/api/sessions';
import type { Tap } from './taps';

export type PlannedPhase = components['schemas']['PlannedPhase'];

/** A session that nobody ended is still found a day later. */
const LONGEST_MS = 24 * 3_600_000;
const AHEAD_MS = 60_000;

export function runningQuery(teamId: string | undefined) {
  return queryOptions({
    queryKey: ['sessions', 'running', teamId ?? null],
    queryFn: async (): Promise<SessionEntry[]> => {
      const query = {
        from: new Date(Date.now() - LONGEST_MS).toISOString(),
        to: new Date(Date.now() + AHEAD_MS).toISOString(),
        limit: 500,
        ...(teamId === undefined ? {} : { team: teamId }),
      };
      const { items } = await answerOf(api.GET('/api/v1/sessions', { params: { query } }));
      return items.filter(({ state }) => state === 'running');
    },
    refetchInterval: 15_000,
  });
}

export function endSession(sessionId: string): Promise<Session> {
  const path = { session_id: sessionId };
  return answerOf(api.POST('/api/v1/sessions/{session_id}/end', { params: { path }, body: {} }));
}

/** The timeline as it will be once the hub has heard all taps of this device. */
export function asTapped(timeline: Timeline, taps: readonly Tap[]): Timeline {
  const open = taps.filter(tap => tap.made === null && !tap.isUndone);
  const undone = new Set(taps.flatMap(tap => (tap.isUndone ? (tap.made ?? []) : [])));
  const stays = ({ id }: { id: string }) => !undone.has(id);
  return {
    phases: [
      ...timeline.phases.filter(stays),
      ...open.flatMap(({ key, at, said }) =>
        said.what === 'phases' ? [{ id: key, name: said.name, from: at, to: null, athletes: [] }] : [],
      ),
    ],
    markers: [
      ...timeline.markers.filter(stays),
      ...open.flatMap(({ key, at, said }) =>
        said.what === 'markers' ? [{ id: key, name: said.name, at, athlete_id: null }] : [],
      ),
    ],
    play: [
      ...timeline.play.filter(stays),
      ...open.flatMap(({ key, at, said }) =>
        said.what === 'play' ? [{ id: key, athlete_id: said.athleteId, at, state: said.state }] : [],
      ),
    ],
  };
}

/** The phase that runs: the one that began last, if it has not ended. */
export function phaseNow({ phases }: Timeline): Timeline['phases'][number] | null {
  const last = phases.toSorted((one, other) => Date.parse(one.from) - Date.parse(other.from)).at(-1);
  return last === undefined || last.to !== null ? null : last;
}

/** Who is what now; of whom nothing was said is in play. */
export function playNow({ play }: Timeline): Map<string, PlayState> {
  const inTime = play.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return new Map(inTime.map(({ athlete_id, state }) => [athlete_id, state]));
}

const two = (part: number) => String(part).padStart(2, '0');

/** "1:02:03", "12:34". */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours === 0 ? `${minutes}:${two(seconds % 60)}` : `${hours}:${two(minutes)}:${two(seconds % 60)}`;
}
