import type { ZoneNumber } from './zones';

const STEPS = [1, 2, 3, 4, 5] as const;

/** Five rising bars, filled up to the zone: read without colour, also in forced colours, since they are strokes. */
export function ZoneBars({ zone, className = '' }: { zone: ZoneNumber; className?: string }) {
  return (
    <svg viewBox="0 0 44 24" className={className} stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      {STEPS.map(step => (
        <rect
          key={step}
          x={9 * step - 8}
          y={20 - 4 * step + 1}
          width="6"
          height={4 * step + 2}
          rx="1"
          fill={step <= zone ? 'currentColor' : 'none'}
          strokeOpacity={step <= zone ? 1 : 0.75}
        />
      ))}
    </svg>
  );
}
