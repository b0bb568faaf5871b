/** What the big number on every tile is. */
export type WallMetric = 'bpm' | 'percent';

const KEY = 'sts-wall-metric';

/** What the big number is: remembered on this device, since it depends on who stands before it. */
export function rememberedMetric(): WallMetric {
  try {
    return localStorage.getItem(KEY) === 'percent' ? 'percent' : 'bpm';
  } catch {
    return 'bpm';
  }
}

export function rememberMetric(metric: WallMetric): void {
  try {
    localStorage.setItem(KEY, metric);
  } catch {
    // storage is blocked: the choice lasts as long as the page
  }
}
