import { useEffect, useLayoutEffect, useRef } from 'react';
import uPlot from 'uplot';
import { colourOf } from '@/theme/colours';
import { subscribeTheme } from '@/theme/theme';
import type { ChartColumns } from './chart-columns';
import { BAND_GUTTER_PX, drawBands, drawMarks } from './chart-drawing';
import type { Band } from './chart-drawing';
import { axisLabels } from './time-axis';

export interface ChartBand {
  low: number;
  high: number;
  label: string;
  colour: `--${string}`;
}

export interface TimeChartProps {
  columns: ChartColumns;
  bordersMs: readonly [fromMs: number, toMs: number];
  yRange: readonly [low: number, high: number];
  heightPx: number;
  bands?: readonly ChartBand[];
  /** Single values as dots instead of a line. */
  dots?: boolean;
  /** The index under the pointer, or null when it is elsewhere. */
  onPoint: (index: number | null) => void;
  /** A stretch was marked with the pointer. */
  onStretch: (fromMs: number, toMs: number) => void;
}

/** Charts of one page share a cursor. */
const SYNC_KEY = 'athlete';

/** One metric over time. uPlot draws; this hands it what changed and nothing more. */
export function TimeChart(props: TimeChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  const chart = useRef<uPlot | null>(null);

  // before the effects below: they read it
  useLayoutEffect(() => {
    latest.current = props;
  });
  useEffect(() => (place.current === null ? undefined : keepChart(place.current, latest, chart)), []);
  useEffect(
    () => chart.current?.setSize({ width: chart.current.width, height: props.heightPx }),
    [props.heightPx],
  );
  const { columns, bordersMs, yRange } = props;
  const [fromMs, toMs] = bordersMs;
  const [low, high] = yRange;
  useEffect(
    () => show(chart.current, columns, [fromMs, toMs], [low, high]),
    [columns, fromMs, toMs, low, high],
  );

  return <div ref={place} className="w-full min-w-0 overflow-hidden" />;
}

interface Latest {
  readonly current: TimeChartProps;
}

function show(
  chart: uPlot | null,
  columns: ChartColumns,
  borders: [number, number],
  y: [number, number],
): void {
  if (chart === null) return;
  chart.batch(() => {
    chart.setData([columns.t, columns.value, columns.low, columns.high], false);
    chart.setScale('x', { min: borders[0], max: borders[1] });
    chart.setScale('y', { min: y[0], max: y[1] });
  });
}

/** Keeps a chart in a place: made anew when colours change, resized with the place. */
function keepChart(place: HTMLElement, latest: Latest, slot: { current: uPlot | null }): () => void {
  const make = () => {
    slot.current?.destroy();
    slot.current = new uPlot(optionsFor(place, latest), [[], [], [], []], place);
    const { columns, bordersMs, yRange } = latest.current;
    show(slot.current, columns, [...bordersMs], [...yRange]);
  };
  make();
  const observer = new ResizeObserver(() => {
    slot.current?.setSize({ width: place.clientWidth, height: latest.current.heightPx });
  });
  observer.observe(place);
  const stopTheme = subscribeTheme(make);
  return () => {
    stopTheme();
    observer.disconnect();
    slot.current?.destroy();
    slot.current = null;
  };
}

function optionsFor(place: HTMLElement, latest: Latest): uPlot.Options {
  const { heightPx, dots = false, bands = [] } = latest.current;
  const ink = colourOf(place, '--ink-soft');
  const line = colourOf(place, '--line');
  const accent = colourOf(place, '--trend');
  const marks = { kept: colourOf(place, '--late'), dropped: colourOf(place, '--lost') };
  const painted: Band[] = bands.map(band => ({ ...band, colour: colourOf(place, band.colour) }));
  const axis = {
    stroke: ink,
    font: '12px system-ui, sans-serif',
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line },
  };
  return {
    width: place.clientWidth,
    height: heightPx,
    ms: 1,
    padding: [10, BAND_GUTTER_PX, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: SYNC_KEY, setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: 8 },
    },
    scales: { x: { time: true, auto: false }, y: { auto: false } },
    axes: [
      {
        ...axis,
        space: 90,
        size: 34,
        values: (_chart, splits, _axis, _space, step) => axisLabels(splits, step),
      },
      { ...axis, size: 44 },
    ],
    series: [
      {},
      {
        stroke: accent,
        width: dots ? 0 : 2,
        ...(dots ? { paths: () => null } : {}),
        points: { show: true, size: 4, fill: accent, ...(dots ? {} : { filter: isolated }) },
      },
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
    ],
    bands: [{ series: [3, 2], fill: faint(accent) }],
    hooks: {
      drawClear: [chart => drawBands(chart, painted, ink)],
      draw: [chart => drawMarks(chart, latest.current.columns.marks, marks)],
      setCursor: [chart => latest.current.onPoint(chart.cursor.idx ?? null)],
      setSelect: [chart => tellStretch(chart, latest)],
    },
  };
}

/** A value alone between two gaps has no line: it is shown as a dot. Others are on the line already. */
function isolated(chart: uPlot): number[] {
  const values = chart.data[1] ?? [];
  const alone: number[] = [];
  for (let index = 0; index < values.length; index += 1)
    if (values[index] != null && values[index - 1] == null && values[index + 1] == null) alone.push(index);
  return alone;
}

function faint(colour: string): string {
  return `color-mix(in srgb, ${colour} 22%, transparent)`;
}

function tellStretch(chart: uPlot, latest: Latest): void {
  const { left, width } = chart.select;
  if (width < 4) return;
  const fromMs = chart.posToVal(left, 'x');
  const toMs = chart.posToVal(left + width, 'x');
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  latest.current.onStretch(fromMs, toMs);
}
