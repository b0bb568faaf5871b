import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Athlete } from '@/api/queries';
import type { Suggestion } from '@/api/straps';
import { freeStrapsQuery } from '@/api/straps';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Refusal } from '@/components/ui/refusal';
import { PresenceLine } from '@/live/presence-line';
import type { RosterAthlete } from '@/live/events';
import { useLive } from '@/live/live-context';
import { usePresence, useRoster, useTally } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { startWords } from '@/words/start';
import { giveStrap } from './planning';
import type { Draft } from './start-draft';

interface StepCheckProps {
  draft: Draft;
  roster: readonly Athlete[];
}

/** The link rehearsal: who is heard now, who has no strap, and which straps are free. */
export function StepCheck({ draft, roster }: StepCheckProps) {
  const words = useWords(startWords);
  if (!draft.liveData)
    return (
      <p className="rounded-xl border border-line bg-surface p-4">
        <b className="block">{words.notRehearsed}</b> {words.noLiveDataHint}
      </p>
    );
  return <Rehearsal roster={roster} />;
}

function Rehearsal({ roster }: { roster: readonly Athlete[] }) {
  const words = useWords(startWords);
  const { store } = useLive();
  useTally(); // told anew whenever somebody's state changes
  const worn = new Map(useRoster()?.map(entry => [entry.id, entry]));
  const live = roster.filter(({ id }) => worn.has(id) && store.presence(id).state === 'live').length;
  const bare = roster.filter(({ id }) => (worn.get(id)?.sensor ?? null) === null);
  return (
    <>
      <div>
        <h2 className="text-lg font-semibold tabular-nums">{words.rehearsal(live, roster.length)}</h2>
        <p className="text-ink-soft">{words.rehearsalHint}</p>
      </div>
      <ul className="grid gap-2 sm:grid-cols-2 lg:grid-cols-3">
        {roster.map(athlete => (
          <Heard key={athlete.id} athlete={athlete} entry={worn.get(athlete.id)} />
        ))}
      </ul>
      <FreeStraps bare={bare} />
    </>
  );
}

function Heard({ athlete, entry }: { athlete: Athlete; entry: RosterAthlete | undefined }) {
  const presence = usePresence(athlete.id);
  return (
    <li className="flex min-h-11 items-center gap-2 rounded-lg border border-line bg-surface px-3 py-1.5">
      <span className="w-7 shrink-0 text-right font-bold tabular-nums">{athlete.number ?? '–'}</span>
      <span className="min-w-0 flex-1">
        <span className="block truncate">{athlete.name}</span>
        {entry?.sensor && <span className="block text-sm text-ink-soft">{entry.sensor.label}</span>}
      </span>
      <span className="shrink-0 text-sm">
        <PresenceLine presence={presence} />
      </span>
    </li>
  );
}

function FreeStraps({ bare }: { bare: readonly Athlete[] }) {
  const words = useWords(startWords);
  const query = useQuery(freeStrapsQuery);
  return (
    <section>
      <h2 className="mb-1.5 font-semibold">{words.free}</h2>
      <Loaded query={query} what={words.what.straps}>
        {straps =>
          straps.length === 0 ? (
            <p className="text-ink-soft">{words.noFree}</p>
          ) : (
            <ul className="flex flex-col gap-2">
              {straps.map(strap => (
                <FreeStrap key={strap.address} strap={strap} bare={bare} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

/** One strap that nobody wears; whoever wore it last is proposed. */
function FreeStrap({ strap, bare }: { strap: Suggestion; bare: readonly Athlete[] }) {
  const words = useWords(startWords);
  const queryClient = useQueryClient();
  const [chosen, setChosen] = useState<string | null>(null);
  const proposed = bare.find(({ id }) => id === (chosen ?? strap.athlete_id)) ?? bare[0];
  const give = useMutation({
    networkMode: 'always',
    mutationFn: giveStrap.bind(null, strap.sensor_id ?? 0),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: freeStrapsQuery.queryKey }),
  });
  const label = strap.label ?? strap.address;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line bg-surface px-3 py-1.5">
      <span className="mr-auto">
        <b>{label}</b>{' '}
        <span className="text-sm text-ink-soft">
          {strap.gateway}
          {strap.rssi !== null && `, ${words.signal(strap.rssi)}`}
          {strap.sensor_id === null && `, ${words.unregistered}`}
        </span>
      </span>
      {strap.sensor_id !== null && proposed && (
        <>
          <select
            aria-label={words.giveTo(label)}
            className="min-h-11 max-w-full min-w-0 rounded-lg border border-line-strong bg-surface px-2"
            value={proposed.id}
            onChange={event => setChosen(event.target.value)}
          >
            {bare.map(({ id, name, number }) => (
              <option key={id} value={id}>
                {number ?? '–'} {name}
              </option>
            ))}
          </select>
          <Button disabled={give.isPending} onClick={() => give.mutate(proposed.id)}>
            {words.give}
          </Button>
        </>
      )}
      <Refusal error={give.error} />
    </li>
  );
}
