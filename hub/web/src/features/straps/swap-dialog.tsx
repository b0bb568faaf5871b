import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { freeStrapsQuery } from '@/api/straps';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { Refusal } from '@/components/ui/refusal';
import type { RosterAthlete } from '@/live/events';
import { useLive } from '@/live/live-context';
import { useRoster } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { strapWords } from '@/words/straps';
import { FollowingFigures } from './following-figures';
import { SinceSlider } from './since-slider';
import type { Swap } from './swap';
import { swapStrap } from './swap';

interface SwapDialogProps {
  athleteId: string;
  onClose: () => void;
}

/** Another strap in two taps: this dialog is the first, the strap is the second; the slider says since when. */
export function SwapDialog({ athleteId, onClose }: SwapDialogProps) {
  const words = useWords(strapWords);
  const { store } = useLive();
  const queryClient = useQueryClient();
  const roster = useRoster() ?? [];
  const athlete = roster.find(({ id }) => id === athleteId);
  const [sinceMs, setSinceMs] = useState<number | null>(null);
  const [openedMs] = useState(() => store.clock.now());
  const swap = useMutation({
    networkMode: 'always',
    mutationFn: swapStrap,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['assignments'] }),
  });
  const choose = (chosen: Pick<Swap, 'sensorId' | 'label' | 'other'>) =>
    swap.mutate({ ...chosen, athleteId, sinceMs });
  if (athlete === undefined) return null;
  return (
    <Dialog title={words.swapOf(athlete.name)} onClose={onClose}>
      {swap.isSuccess ? (
        <FollowingFigures athlete={athlete} swap={swap.variables} swappedMs={openedMs} />
      ) : (
        <div className="flex flex-col gap-4">
          <SinceSlider teamId={athlete.team_id} nowMs={openedMs} sinceMs={sinceMs} onSince={setSinceMs} />
          <Refusal error={swap.error} />
          <FreeStraps isBusy={swap.isPending} onChoose={choose} />
          <WornStraps
            others={roster.filter(({ id, sensor }) => id !== athleteId && sensor !== null)}
            isBusy={swap.isPending}
            onChoose={choose}
          />
        </div>
      )}
    </Dialog>
  );
}

interface ChoiceProps {
  isBusy: boolean;
  onChoose: (chosen: Pick<Swap, 'sensorId' | 'label' | 'other'>) => void;
}

function FreeStraps({ isBusy, onChoose }: ChoiceProps) {
  const words = useWords(strapWords);
  const query = useQuery(freeStrapsQuery);
  return (
    <section>
      <h3 className="mb-1.5 font-semibold">{words.free}</h3>
      <Loaded query={query} what={words.what.straps}>
        {straps => (
          <ul className="grid gap-2 sm:grid-cols-2">
            {straps.length === 0 && <li className="text-ink-soft sm:col-span-2">{words.noFree}</li>}
            {straps.map(({ sensor_id: id, label, address, rssi }) => (
              <li key={address}>
                <Button
                  look="solid"
                  className="min-h-14 w-full"
                  disabled={id === null || isBusy}
                  title={id === null ? words.unregistered : undefined}
                  onClick={() =>
                    id !== null && onChoose({ sensorId: id, label: label ?? address, other: null })
                  }
                >
                  {words.strap(label ?? address, rssi === null ? '' : words.signal(rssi))}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function WornStraps({ others, isBusy, onChoose }: ChoiceProps & { others: readonly RosterAthlete[] }) {
  const words = useWords(strapWords);
  if (others.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1.5 font-semibold">{words.worn}</h3>
      <ul className="grid gap-2 sm:grid-cols-2">
        {others.map(({ id, name, sensor }) => (
          <li key={id}>
            <Button
              className="w-full justify-start"
              disabled={sensor === null || isBusy}
              onClick={() =>
                sensor !== null && onChoose({ sensorId: sensor.id, label: sensor.label, other: { id, name } })
              }
            >
              {words.exchange(sensor?.label ?? '', name)}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
