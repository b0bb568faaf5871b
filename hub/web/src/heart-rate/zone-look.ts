import type { ZoneNumber } from './zones';

/** Fill, text on it, and a border: light zones are under 3:1 on white without one. */
const LOOKS: Record<ZoneNumber, string> = {
  0: 'bg-raised text-ink border-line-strong',
  1: 'bg-zone-1 text-on-zone-1 border-line-strong',
  2: 'bg-zone-2 text-on-zone-2 border-zone-2',
  3: 'bg-zone-3 text-on-zone-3 border-zone-3',
  4: 'bg-zone-4 text-on-zone-4 border-zone-4',
  5: 'bg-zone-5 text-on-zone-5 border-zone-5',
};

export function zoneLook(zone: ZoneNumber): string {
  return LOOKS[zone];
}
