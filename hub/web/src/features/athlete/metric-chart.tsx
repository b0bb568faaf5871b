import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { ProblemPanel } from '@/components/ui/problem-panel';
import { useLive } from '@/live/live-context';
import { clockTime } from '@/live/times';
import { useWords } from '@/words/catalogue';
import { athleteWords } from '@/words/athlete';
import { NO_COLUMNS, chartColumns, extremes, gapOf } from './chart-columns';
import type { ChartColumns } from './chart-columns';
import { ChartFacts } from './chart-facts';
import type { ChartedMetric, Source } from './samples';
import { samplesQuery } from './samples';
import type { ChartBand } from './time-chart';
import { TimeChart } from './time-chart';
import { dayOf } from './time-axis';
import type { RangeSearch, TimeRange } from './time-range';
import { bordersOf, searchOf } from './time-range';
import { useMovingNow } from './use-live-tail';

export interface MetricChartProps {
  athleteId: string;
  /** Of an athlete of elsewhere: what was given. */
  sharedId?: string;
  metric: ChartedMetric;
  title: string;
  unit: string;
  range: TimeRange;
  pixels: number;
  heightPx: number;
  bands?: readonly ChartBand[];
  dots?: boolean;
  /** Lowest and highest value that the axis shows at least. */
  atLeast?: readonly [low: number, high: number];
  onRange: (search: RangeSearch) => void;
  /** In place of the chart when there is no value in the range. */
  whenEmpty: ReactNode;
  /** What the value under the pointer means, for example its zone. */
  meaning?: (value: number) => string;
}

/** One metric: past values from the hub, joined with what came live since. */
export function MetricChart(props: MetricChartProps) {
  const { athleteId, metric, range, pixels } = props;
  const { store } = useLive();
  const asked = useQuery(samplesQuery(sourceOf(props), metric, range, pixels, () => store.clock.now()));
  const moves = range.kind === 'last';
  const nowMs = useMovingNow(moves);
  const bordersMs = bordersOf(range, nowMs);
  const spanMs = bordersMs[1] - bordersMs[0];
  const gapMs = gapOf(store.intervals(metric).lateAfterMs, spanMs, pixels);
  const tail = moves ? store.history(athleteId, metric) : undefined;
  const columns = chartColumns(asked.data ?? NO_COLUMNS, tail, gapMs);
  if (asked.isError && asked.data === undefined)
    return <ProblemPanel what={props.title} error={asked.error} onRetry={() => void asked.refetch()} />;
  if (asked.isPending && columns.t.length === 0) return <ChartSkeleton heightPx={props.heightPx} />;
  if (columns.t.length === 0) return props.whenEmpty;
  return (
    <Chart
      {...props}
      columns={columns}
      bordersMs={bordersMs}
      gapMs={gapMs}
      coverage={asked.data?.coverage ?? null}
    />
  );
}

function sourceOf({ athleteId, sharedId }: MetricChartProps): Source {
  return sharedId === undefined ? { athleteId } : { sharedId };
}

interface ChartProps extends MetricChartProps {
  columns: ChartColumns;
  bordersMs: [number, number];
  gapMs: number;
  coverage: number | null;
}

function Chart(props: ChartProps) {
  const { columns, bordersMs, gapMs, coverage, unit } = props;
  const [point, setPoint] = useState<number | null>(null);
  return (
    <figure className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-3 sm:p-4">
      <figcaption className="flex min-h-6 flex-wrap items-baseline gap-x-3">
        <h2 className="font-semibold">{props.title}</h2>
        <span className="text-sm text-ink-soft">{unit}</span>
        <Readout columns={columns} point={point} unit={unit} meaning={props.meaning} />
      </figcaption>
      <TimeChart
        columns={columns}
        bordersMs={bordersMs}
        yRange={axisRange(columns, props.atLeast)}
        heightPx={props.heightPx}
        bands={props.bands ?? []}
        dots={props.dots ?? false}
        onPoint={setPoint}
        onStretch={(fromMs, toMs) => props.onRange(searchOf(fromMs, toMs))}
      />
      <ChartFacts columns={columns} gapMs={gapMs} coverage={coverage} unit={unit} />
    </figure>
  );
}

/** In steps of ten, so that the axis does not tremble with each value. */
function axisRange(columns: ChartColumns, atLeast: readonly [number, number] | undefined): [number, number] {
  const ends = [extremes(columns), atLeast].flatMap(pair => pair ?? []);
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const step = high - low > 200 ? 100 : 10;
  return [Math.floor(low / step - 0.3) * step, Math.ceil(high / step + 0.3) * step];
}

interface ReadoutProps {
  columns: ChartColumns;
  point: number | null;
  unit: string;
  meaning?: ((value: number) => string) | undefined;
}

/** The value under the pointer. */
function Readout({ columns, point, unit, meaning }: ReadoutProps) {
  const words = useWords(athleteWords);
  const t = point === null ? undefined : columns.t[point];
  const value = point === null ? undefined : columns.value[point];
  if (t === undefined || value === undefined) return null;
  const said =
    value === null
      ? words.noValue
      : [`${Math.round(value)} ${unit}`, meaning?.(value)].filter(Boolean).join(', ');
  return (
    <span className="ml-auto text-sm tabular-nums">
      {dayOf(t)}, {clockTime(t)}: <b>{said}</b>
    </span>
  );
}

function ChartSkeleton({ heightPx }: { heightPx: number }) {
  return (
    <div className="appear-late" aria-hidden="true">
      <div className="animate-pulse rounded-lg bg-raised" style={{ height: heightPx + 60 }} />
    </div>
  );
}
