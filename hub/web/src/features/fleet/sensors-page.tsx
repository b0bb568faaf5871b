import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { StrapOffIcon } from '@/components/ui/first-icons';
import { PlusIcon } from '@/components/ui/icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { Refusal } from '@/components/ui/refusal';
import { Segments } from '@/components/ui/segments';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { sensorWords } from '@/words/sensors';
import { AddSensor } from './add-sensor';
import { gatewaysQuery, wearersQuery } from './fleet';
import { FleetParts } from './fleet-parts';
import { ReplaceSensor } from './replace-sensor';
import { SensorTable } from './sensor-table';
import type { SensorNow } from './sensors';
import { needsAttention, sensorsNow, sensorsQuery, setRetired } from './sensors';
import { TestSensor } from './test-sensor';

export type SensorAct = 'test' | 'replace' | 'retire';
type Shown = 'all' | 'attention' | 'retired';
const SHOWN: readonly Shown[] = ['all', 'attention', 'retired'];
type Open = 'add' | { act: 'test' | 'replace'; of: SensorNow } | null;

/** Every sensor of the club, who wears it and how it is. `keeps`: this person may change sensors. */
export function SensorsPage({ keeps }: { keeps: boolean }) {
  const words = useWords(sensorWords);
  const queryClient = useQueryClient();
  const sensors = useQuery(sensorsQuery);
  const gateways = useQuery(gatewaysQuery).data ?? [];
  const wearers = useQuery(wearersQuery).data ?? [];
  const [shown, setShown] = useState<Shown>('all');
  const [find, setFind] = useState('');
  const [open, setOpen] = useState<Open>(null);
  const [told, setTold] = useState<string | null>(null);
  const retiring = useMutation({
    mutationFn: ({ sensor }: SensorNow) => setRetired(sensor.id, sensor.retired_at === null),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: sensorsQuery.queryKey }),
  });
  const every = sensorsNow(sensors.data ?? [], gateways, wearers);
  const act = (of: SensorNow, what: SensorAct) => {
    if (what === 'retire') retiring.mutate(of);
    else setOpen({ act: what, of });
  };
  return (
    <Page title={words.title} actions={<Actions keeps={keeps} onAdd={() => setOpen('add')} />}>
      <FleetParts />
      {told !== null && (
        <p role="status" className="text-good">
          {told}
        </p>
      )}
      <Refusal error={retiring.error} />
      <div className="flex flex-wrap items-end gap-3">
        <Segments<Shown>
          legend={words.show.legend}
          options={SHOWN.map(value => ({
            value,
            label: `${words.show[value]} ${every.filter(one => belongs(one, value)).length}`,
          }))}
          value={shown}
          onChange={setShown}
        />
        <TextField
          label={words.find}
          value={find}
          onChange={event => setFind(event.target.value)}
          type="search"
          className="min-w-64"
        />
      </div>
      <Loaded query={sensors} what={words.what.sensors}>
        {() => (
          <Found
            isEmptyClub={every.length === 0}
            found={every.filter(one => belongs(one, shown) && isFound(one, find))}
            keeps={keeps}
            onAct={act}
          />
        )}
      </Loaded>
      <Opened open={open} every={every} onClose={() => setOpen(null)} onTold={setTold} />
    </Page>
  );
}

function belongs(one: SensorNow, shown: Shown): boolean {
  if (shown === 'attention') return needsAttention(one);
  return (one.look === 'retired') === (shown === 'retired');
}

function isFound({ sensor }: SensorNow, find: string): boolean {
  return `${sensor.label} ${sensor.address}`.toLowerCase().includes(find.trim().toLowerCase());
}

function Actions({ keeps, onAdd }: { keeps: boolean; onAdd: () => void }) {
  const words = useWords(sensorWords);
  return (
    <>
      <Link
        to="/sensors/sheet"
        className="inline-flex min-h-11 items-center rounded-lg border border-line-strong bg-surface px-4 font-medium"
      >
        {words.sheet}
      </Link>
      {keeps && (
        <Button look="solid" onClick={onAdd}>
          <PlusIcon /> {words.add.button}
        </Button>
      )}
    </>
  );
}

interface FoundProps {
  isEmptyClub: boolean;
  found: readonly SensorNow[];
  keeps: boolean;
  onAct: (of: SensorNow, what: SensorAct) => void;
}

function Found({ isEmptyClub, found, keeps, onAct }: FoundProps) {
  const words = useWords(sensorWords);
  if (found.length === 0)
    return (
      <EmptyPanel
        icon={<StrapOffIcon className="size-9" />}
        title={isEmptyClub ? words.none : words.noneSuch}
      >
        {isEmptyClub ? words.noneHint : words.noneSuchHint}
      </EmptyPanel>
    );
  return <SensorTable sensors={found} keeps={keeps} onAct={onAct} />;
}

interface OpenedProps {
  open: Open;
  every: readonly SensorNow[];
  onClose: () => void;
  onTold: (told: string) => void;
}

/** The dialog that was asked for, if any. */
function Opened({ open, every, onClose, onTold }: OpenedProps) {
  if (open === null) return null;
  if (open === 'add') return <AddSensor onClose={onClose} />;
  if (open.act === 'test') return <TestSensor sensor={open.of.sensor} onClose={onClose} />;
  return <ReplaceSensor worn={open.of} every={every} onClose={onClose} onTold={onTold} />;
}
