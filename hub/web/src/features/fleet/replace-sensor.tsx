import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { SelectField } from '@/components/ui/select-field';
import { useHubNow } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { sensorWords } from '@/words/sensors';
import type { SensorNow } from './sensors';
import { replaceSensor, sensorsQuery, setRetired, wearerName } from './sensors';

interface ReplaceSensorProps {
  worn: SensorNow;
  every: readonly SensorNow[];
  onClose: () => void;
  onTold: (told: string) => void;
}

/** How long ago the other one was put on: now, or some minutes that a look at the clock tells. */
const AGO_MIN = [0, 5, 10, 15, 30, 60] as const;
const MINUTE_MS = 60_000;

/** Another sensor in the place of one that is dead: whoever wore it wears the other. */
export function ReplaceSensor({ worn, every, onClose, onTold }: ReplaceSensorProps) {
  const words = useWords(sensorWords).replacing;
  const queryClient = useQueryClient();
  const nowMs = useHubNow();
  const free = freeFor(worn, every);
  const [by, setBy] = useState(free[0]?.sensor.id);
  const [agoMin, setAgoMin] = useState(0);
  const [retires, setRetires] = useState(true);
  const replacing = useMutation({
    mutationFn: async (other: number) => {
      await replaceSensor(worn.sensor.id, other, agoMin === 0 ? null : nowMs - agoMin * MINUTE_MS);
      if (retires) await setRetired(worn.sensor.id, true);
    },
    onSuccess: async (_answer, other) => {
      await queryClient.invalidateQueries({ queryKey: sensorsQuery.queryKey });
      const label = free.find(({ sensor }) => sensor.id === other)?.sensor.label ?? '';
      onTold(words.done(label, worn.sensor.label));
      onClose();
    },
  });
  return (
    <Dialog title={words.title(worn.sensor.label)} onClose={onClose}>
      {by === undefined ? (
        <p>{words.none}</p>
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={event => {
            event.preventDefault();
            replacing.mutate(by);
          }}
        >
          {worn.wearer !== null && <p>{words.hint(wearerName(worn.wearer))}</p>}
          <SelectField
            label={words.by}
            value={String(by)}
            onChange={event => setBy(Number(event.target.value))}
            options={free.map(({ sensor }) => ({ value: String(sensor.id), label: sensor.label }))}
          />
          <SelectField
            label={words.since}
            value={String(agoMin)}
            onChange={event => setAgoMin(Number(event.target.value))}
            options={AGO_MIN.map(minutes => ({
              value: String(minutes),
              label: minutes === 0 ? words.now : words.ago(minutes),
            }))}
          />
          <label className="flex min-h-11 items-center gap-3">
            <input
              type="checkbox"
              className="size-6"
              checked={retires}
              onChange={event => setRetires(event.target.checked)}
            />
            {words.retire}
          </label>
          <div className="flex flex-wrap items-center justify-end gap-3">
            <Refusal error={replacing.error} />
            <Button look="solid" type="submit" aria-disabled={replacing.isPending}>
              {words.act}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

/** Sensors of the same kind that nobody wears; those that are heard come first. */
function freeFor({ sensor }: SensorNow, every: readonly SensorNow[]): readonly SensorNow[] {
  const free = every.filter(
    other => other.wearer === null && other.look !== 'retired' && other.sensor.kind === sensor.kind,
  );
  return free.toSorted((one, other) => Number(other.look === 'live') - Number(one.look === 'live'));
}
