import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { TimeRange } from './time-range';
import { bordersOf } from './time-range';

export const CHARTED = ['heart_rate', 'rr_interval'] as const;
export type ChartedMetric = (typeof CHARTED)[number];

/** Asked for in steps, so that a few pixels more or less do not ask the hub again. */
const PIXEL_STEP = 200;

export function pixelsFor(widthPx: number): number {
  return Math.max(PIXEL_STEP, Math.ceil(widthPx / PIXEL_STEP) * PIXEL_STEP);
}

/** Whose values are asked for: an athlete's whom one sees, or what an athlete of elsewhere gave. */
export type Source = { athleteId: string } | { sharedId: string };

function chartOf(source: Source, query: ChartQuery, signal: AbortSignal) {
  return 'sharedId' in source
    ? api.GET('/api/v1/shared/{shared_id}/samples', {
        signal,
        params: { path: { shared_id: source.sharedId }, query },
      })
    : api.GET('/api/v1/athletes/{athlete_id}/samples', {
        signal,
        params: { path: { athlete_id: source.athleteId }, query },
      });
}

interface ChartQuery {
  metric: [ChartedMetric];
  from: string;
  to: string;
  pixels: number;
}

/** One of the charted metrics over a range, thinned by the hub to the pixels there are. */
export function samplesQuery(
  source: Source,
  metric: ChartedMetric,
  range: TimeRange,
  pixels: number,
  now: () => number,
) {
  return queryOptions({
    queryKey: ['samples', source, metric, range, pixels],
    queryFn: async ({ signal }) => {
      const [fromMs, toMs] = bordersOf(range, now());
      const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
      const answer = await answerOf(chartOf(source, { metric: [metric], from, to, pixels }, signal));
      return answer.series.find(series => series.metric === metric) ?? null;
    },
    placeholderData: keepPreviousData,
    refetchInterval: range.kind === 'last' ? range.renewMs : false,
  });
}
