/** The answer of the samples route, with all that a chart must be able to show: a gap, a strap off, odd values. */
import type { components } from '../src/api/schema.d.ts';
import type { Quality, StubAthlete } from './stub-squad.ts';
import { heartRateAt } from './stub-squad.ts';

type Series = components['schemas']['Series'];

const GAP = { fromS: 200, toS: 230 };
const OFF = { fromS: 330, toS: 352 };
const PERIOD_S = 600;

export function stubSeries(
  athlete: StubAthlete,
  metric: string,
  fromMs: number,
  toMs: number,
  pixels: number,
): Series {
  const interval = metric === 'heart_rate' ? 1000 : null;
  const series: Series = {
    metric,
    unit: metric === 'heart_rate' ? '/min' : 'ms',
    interval_ms: interval,
    t: [],
    value: [],
    low: [],
    high: [],
    quality: [],
    coverage: interval === null ? null : 0.9133,
    gateways: [],
    activities: [],
  };
  const stepMs = Math.max(1000, Math.ceil((toMs - fromMs) / pixels / 1000) * 1000);
  for (let t = Math.ceil(fromMs / stepMs) * stepMs; t < toMs; t += stepMs)
    addPoint(series, athlete, t, stepMs);
  return series;
}

function addPoint(series: Series, athlete: StubAthlete, t: number, stepMs: number): void {
  const second = Math.floor(t / 1000) % PERIOD_S;
  if (second >= GAP.fromS && second < GAP.toS) return;
  const heartRate = heartRateAt(athlete, t);
  const value = series.metric === 'heart_rate' ? heartRate : Math.round((60_000 / heartRate) * jitter(t));
  const spread = stepMs > 1000 ? (series.metric === 'heart_rate' ? 6 : 40) : 0;
  series.t.push(t);
  series.value.push(value);
  series.low.push(value - spread);
  series.high.push(value + spread);
  series.quality.push(qualityAt(second));
}

function qualityAt(second: number): Quality {
  if (second >= OFF.fromS && second < OFF.toS) return 'no_contact';
  if (second % 97 === 0) return 'implausible';
  return second > 480 && second < 500 ? 'clock_unsynced' : 'ok';
}

function jitter(t: number): number {
  return 1 + 0.04 * Math.sin(t / 1700) + 0.03 * Math.sin(t / 613);
}
