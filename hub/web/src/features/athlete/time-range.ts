/** What part of time the charts show, as it stands in the address: a link shows the same to whoever opens it. */

export const PRESETS = [
  { name: '10m', label: '10 min', spanMs: 10 * 60_000, renewMs: 30_000 },
  { name: '1h', label: '1 h', spanMs: 3_600_000, renewMs: 60_000 },
  { name: '24h', label: '24 h', spanMs: 24 * 3_600_000, renewMs: 300_000 },
] as const;

export type PresetName = (typeof PRESETS)[number]['name'];

/** Either the last so-and-so long, which moves with the clock, or a part of the past, which does not. */
export type TimeRange =
  | { kind: 'last'; preset: PresetName; spanMs: number; renewMs: number }
  | { kind: 'fixed'; fromMs: number; toMs: number };

export interface RangeSearch {
  /** A preset's name. */
  range?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export function isPreset(value: unknown): value is PresetName {
  return PRESETS.some(preset => preset.name === value);
}

/** Reads the address; what is not understood becomes the last 10 minutes. */
export function rangeOf(search: RangeSearch): TimeRange {
  const fromMs = Date.parse(search.from ?? '');
  const toMs = Date.parse(search.to ?? '');
  if (fromMs < toMs) return { kind: 'fixed', fromMs, toMs };
  const preset = PRESETS.find(known => known.name === search.range) ?? PRESETS[0];
  return { kind: 'last', preset: preset.name, spanMs: preset.spanMs, renewMs: preset.renewMs };
}

export function searchOf(fromMs: number, toMs: number): RangeSearch {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

/** The range's borders when it is this late. */
export function bordersOf(range: TimeRange, nowMs: number): [fromMs: number, toMs: number] {
  return range.kind === 'fixed'
    ? [range.fromMs, range.toMs]
    : [Math.round(nowMs) - range.spanMs, Math.round(nowMs)];
}
