import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { useHubNow } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { sensorWords } from '@/words/sensors';
import type { MetricHeard, Sensor } from './sensors';
import { TEST_S, hearSensor, verdictOf } from './sensors';

interface TestSensorProps {
  sensor: Sensor;
  onClose: () => void;
}

/** One wears or holds a sensor for 15 s and sees what comes. */
export function TestSensor({ sensor, onClose }: TestSensorProps) {
  const words = useWords(sensorWords).testing;
  const [fromMs, setFromMs] = useState<number | null>(null);
  const nowMs = useHubNow();
  return (
    <Dialog title={words.title(sensor.label)} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p>{words.hint}</p>
        {fromMs === null ? (
          <Button look="solid" className="self-start" onClick={() => setFromMs(nowMs)}>
            {words.begin}
          </Button>
        ) : (
          <Running key={fromMs} sensor={sensor} fromMs={fromMs} onAgain={() => setFromMs(nowMs)} />
        )}
      </div>
    </Dialog>
  );
}

interface RunningProps {
  sensor: Sensor;
  /** By the hub's clock. */
  fromMs: number;
  onAgain: () => void;
}

const EACH_MS = 1_000;

function Running({ sensor, fromMs, onAgain }: RunningProps) {
  const words = useWords(sensorWords).testing;
  const leftS = useCountdown(TEST_S);
  const isRunning = leftS > 0;
  const heard = useQuery({
    queryKey: ['sensors', sensor.id, 'heard', fromMs],
    queryFn: () => hearSensor(sensor.id, fromMs),
    refetchInterval: isRunning && EACH_MS,
    gcTime: 0,
  });
  const metrics = heard.data?.metrics ?? [];
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <progress value={TEST_S - leftS} max={TEST_S} aria-label={words.begin} className="h-3 flex-1" />
        <span className="tabular-nums">{words.left(leftS)}</span>
      </div>
      <Refusal error={heard.error} />
      {metrics.length === 0 ? (
        isRunning && <p className="text-ink-soft">{words.nothing}</p>
      ) : (
        <MetricTable metrics={metrics} />
      )}
      {!isRunning && (
        <>
          <p
            role="status"
            className={`text-lg font-semibold ${verdictOf(metrics) === 'well' ? 'text-good' : 'text-late'}`}
          >
            {words[verdictOf(metrics)]}
          </p>
          <Button className="self-start" onClick={onAgain}>
            {words.again}
          </Button>
        </>
      )}
    </>
  );
}

/** Whole seconds that are left. */
function useCountdown(seconds: number): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const ticking = setInterval(() => setLeft(before => Math.max(0, before - 1)), 1_000);
    return () => clearInterval(ticking);
  }, []);
  return left;
}

function MetricTable({ metrics }: { metrics: readonly MetricHeard[] }) {
  const words = useWords(sensorWords).testing;
  const columns = useColumns();
  return (
    <DataTable
      caption={words.hold}
      columns={columns}
      rows={metrics}
      rowKey={one => `${one.gateway} ${one.metric}`}
    />
  );
}

function useColumns(): Column<MetricHeard>[] {
  const words = useWords(sensorWords).testing;
  const { number } = useFormats();
  return [
    { name: words.columns.metric, isHead: true, show: one => one.metric.replaceAll('_', ' ') },
    {
      name: words.columns.value,
      show: ({ value, unit }) =>
        value === null ? (
          <span className="text-sm text-ink-soft">{words.hidden}</span>
        ) : (
          <span className="text-2xl font-bold tabular-nums">
            {number(value)} <span className="text-sm font-normal">{unit}</span>
          </span>
        ),
    },
    {
      name: words.columns.count,
      show: ({ heard, good, expected }) => (
        <>
          {expected === null ? words.heard(number(heard)) : words.count(number(heard), number(expected))}
          {good < heard && <span className="block text-late">{words.bad(number(heard - good))}</span>}
        </>
      ),
    },
    { name: words.columns.gateway, show: one => one.gateway },
  ];
}
