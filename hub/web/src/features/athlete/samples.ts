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

/** One athlete's charted metrics over a range, thinned by the hub to the pixels there are. */
export function samplesQuery(
  athleteId: string,
  metric: ChartedMetric,
  range: TimeRange,
  pixels: number,
  now: () => number,
) {
  return queryOptions({
    queryKey: ['samples', athleteId, metric, range, pixels],
    queryFn: async ({ signal }) => {
      const [fromMs, toMs] = bordersOf(range, now());
      const answer = await answerOf(
        api.GET('/api/v1/athletes/{athlete_id}/samples', {
          signal,
          params: {
            path: { athlete_id: athleteId },
            query: {
              metric: [metric],
              from: new Date(fromMs).toISOString(),
              to: new Date(toMs).toISOString(),
              pixels,
            },
          },
        }),
      );
      return answer.series.find(series => series.metric === metric) ?? null;
    },
    placeholderData: keepPreviousData,
    refetchInterval: range.kind === 'last' ? range.renewMs : false,
  });
}
