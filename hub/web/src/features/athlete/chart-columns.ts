/** From the hub's columns and the live tail to what a chart draws. */
import type { History } from '@/live/history';
import type { Quality } from '@/live/quality';
import { isCredible } from '@/live/quality';

/** One metric of a time range, as the hub answers it: one time array, one array per series. */
export interface SampleColumns {
  t: readonly number[];
  value: readonly (number | null)[];
  low: readonly (number | null)[];
  high: readonly (number | null)[];
  quality: readonly (Quality | null)[];
}

/** A stretch whose values are not plainly OK. */
export interface Mark {
  fromMs: number;
  toMs: number;
  quality: Quality;
}

export interface ChartColumns {
  t: number[];
  value: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  marks: Mark[];
}

export const NO_COLUMNS: SampleColumns = { t: [], value: [], low: [], high: [], quality: [] };

/**
 * Joins past and live values. Two values further apart than `gapMs` are parted by a null, so that no line is drawn
 * where nothing was measured; values that may not be believed stay out of the line and are told as marks.
 */
export function chartColumns(past: SampleColumns, tail: History | undefined, gapMs: number): ChartColumns {
  const columns: ChartColumns = { t: [], value: [], low: [], high: [], marks: [] };
  past.t.forEach((t, index) => {
    const quality = past.quality[index] ?? 'ok';
    if (quality !== 'ok') mark(columns.marks, t, quality, gapMs);
    if (!isCredible(quality)) return;
    append(columns, gapMs, t, past.value[index] ?? null, past.low[index] ?? null, past.high[index] ?? null);
  });
  if (tail !== undefined) appendTail(columns, tail, past.t.at(-1) ?? -Infinity, gapMs);
  return columns;
}

function appendTail(columns: ChartColumns, tail: History, afterMs: number, gapMs: number): void {
  for (let index = tail.firstFrom(afterMs + 1); index < tail.length; index += 1) {
    const value = tail.value(index);
    const shown = Number.isNaN(value) ? null : value;
    append(columns, gapMs, tail.time(index), shown, shown, shown);
  }
}

function append(
  columns: ChartColumns,
  gapMs: number,
  t: number,
  value: number | null,
  low: number | null,
  high: number | null,
): void {
  const before = columns.t.at(-1);
  if (before !== undefined && t - before > gapMs) push(columns, before + 1, null, null, null);
  push(columns, t, value, low, high);
}

function push(
  columns: ChartColumns,
  t: number,
  value: number | null,
  low: number | null,
  high: number | null,
): void {
  columns.t.push(t);
  columns.value.push(value);
  columns.low.push(low);
  columns.high.push(high);
}

function mark(marks: Mark[], t: number, quality: Quality, gapMs: number): void {
  const last = marks.at(-1);
  if (last !== undefined && last.quality === quality && t - last.toMs <= gapMs) last.toMs = t;
  else marks.push({ fromMs: t, toMs: t, quality });
}

/** What lies further apart than this is a gap: the metric's own word, or three buckets where values were thinned. */
export function gapOf(lateAfterMs: number | null, spanMs: number, pixels: number): number {
  return Math.max(lateAfterMs ?? 0, (3 * spanMs) / Math.max(pixels, 1));
}

/** Stretches without a value between the first and the last one, longest first. */
export function gapsIn(columns: ChartColumns, gapMs: number): { fromMs: number; toMs: number }[] {
  const gaps: { fromMs: number; toMs: number }[] = [];
  let before: number | null = null;
  columns.t.forEach((t, index) => {
    if (columns.value[index] == null) return;
    if (before !== null && t - before > gapMs) gaps.push({ fromMs: before, toMs: t });
    before = t;
  });
  return gaps.toSorted((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs));
}

/** Lowest and highest value; null when there is none. */
export function extremes(columns: ChartColumns): [low: number, high: number] | null {
  let low = Infinity;
  let high = -Infinity;
  columns.value.forEach((value, index) => {
    if (value === null) return;
    low = Math.min(low, columns.low[index] ?? value);
    high = Math.max(high, columns.high[index] ?? value);
  });
  return low > high ? null : [low, high];
}

/** Lowest and highest of several charts and of what each must show; null when there is none. */
export function commonExtremes(
  charts: readonly ChartColumns[],
  marks: readonly number[],
): [low: number, high: number] | null {
  const all = [...charts.flatMap(columns => extremes(columns) ?? []), ...marks];
  return all.length === 0 ? null : [Math.min(...all), Math.max(...all)];
}
