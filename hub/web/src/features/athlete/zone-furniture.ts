import { ZONES, percentOfMax, zoneOf } from '@/heart-rate/zones';
import type { MetricChartProps } from './metric-chart';
import type { ChartBand } from './time-chart';

/** What stands around a heart-rate chart when the athlete's maximum is known. */
export function zoneFurniture(hrMax: number | null): Pick<MetricChartProps, 'bands' | 'atLeast' | 'meaning'> {
  if (hrMax === null) return {};
  return {
    bands: zoneBands(hrMax),
    atLeast: [hrMax / 2, hrMax],
    meaning: heartRate => `${zoneOf(heartRate, hrMax)?.label}, ${percentOfMax(heartRate, hrMax)} %`,
  };
}

function zoneBands(hrMax: number): ChartBand[] {
  return ZONES.map((zone, index) => ({
    low: (zone.fromPercent * hrMax) / 100,
    high: ((ZONES[index + 1]?.fromPercent ?? 110) * hrMax) / 100,
    label: zone.label,
    colour: `--zone-${zone.number}`,
  }));
}
