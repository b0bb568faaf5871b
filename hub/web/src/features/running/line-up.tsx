import { useQuery } from '@tanstack/react-query';
import type { DragEvent } from 'react';
import { athletesQuery } from '@/api/queries';
import type { PlayState, SessionEntry, Timeline } from '@/api/sessions';
import { sessionQuery } from '@/api/sessions';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { useWords } from '@/words/catalogue';
import { runningWords } from '@/words/running';
import { playNow } from './running';
import type { Said } from './taps';

interface LineUpProps {
  session: SessionEntry;
  timeline: Timeline;
  onTap: (said: Said) => void;
  onClose: () => void;
}

const STATES: readonly PlayState[] = ['in_play', 'bench', 'unavailable'];
const DRAGGED = 'text/plain';

interface Member {
  id: string;
  name: string;
  number: number | null;
  state: PlayState;
}

/** Who is in play, on the bench, or unavailable: by drag, and by button. */
export function LineUp({ session, timeline, onTap, onClose }: LineUpProps) {
  const words = useWords(runningWords);
  const whole = useQuery(sessionQuery(session.id));
  const athletes = useQuery(athletesQuery(session.team_id));
  const states = playNow(timeline);
  const people = new Map(athletes.data?.map(athlete => [athlete.id, athlete]));
  return (
    <Dialog title={words.lineUp} onClose={onClose}>
      <p className="mb-3 text-ink-soft">{words.lineUpHint}</p>
      <Loaded query={whole} what={words.lineUp}>
        {({ roster }) => {
          const members = roster
            .map(({ athlete_id: id }) => ({
              id,
              name: people.get(id)?.name ?? '…',
              number: people.get(id)?.number ?? null,
              state: states.get(id) ?? 'in_play',
            }))
            .toSorted((one, other) => (one.number ?? Infinity) - (other.number ?? Infinity));
          const move = (id: string, state: PlayState) => {
            const member = members.find(one => one.id === id);
            if (member === undefined || member.state === state) return;
            onTap({ what: 'play', name: words.move(member.name, words.play[state]), athleteId: id, state });
          };
          return STATES.map(state => (
            <Place
              key={state}
              state={state}
              members={members.filter(one => one.state === state)}
              onMove={move}
            />
          ));
        }}
      </Loaded>
    </Dialog>
  );
}

interface PlaceProps {
  state: PlayState;
  members: readonly Member[];
  onMove: (athleteId: string, state: PlayState) => void;
}

function Place({ state, members, onMove }: PlaceProps) {
  const words = useWords(runningWords);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    onMove(event.dataTransfer.getData(DRAGGED), state);
  };
  return (
    <section className="mb-4" onDragOver={event => event.preventDefault()} onDrop={drop}>
      <h3 className="mb-1.5 font-semibold">
        {words.play[state]} <span className="text-ink-soft tabular-nums">{members.length}</span>
      </h3>
      <ul className="flex min-h-12 flex-col overflow-hidden rounded-xl border border-dashed border-line-strong">
        {members.length === 0 && <li className="px-3 py-2.5 text-ink-soft">{words.nobody}</li>}
        {members.map(member => (
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- its buttons do the same by keyboard
          <li
            key={member.id}
            draggable
            onDragStart={event => event.dataTransfer.setData(DRAGGED, member.id)}
            className="flex items-center gap-x-1 border-b border-line bg-surface px-3 py-1 last:border-b-0"
          >
            <span className="w-7 text-right font-bold tabular-nums">{member.number ?? '–'}</span>
            <span className="mr-auto min-w-0 truncate">{member.name}</span>
            {STATES.filter(one => one !== state).map(to => (
              <Button
                key={to}
                look="quiet"
                className="px-1.5 text-sm underline decoration-line-strong underline-offset-4"
                aria-label={words.move(member.name, words.to[to])}
                onClick={() => onMove(member.id, to)}
              >
                {words.to[to]}
              </Button>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
