import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { sessionWords } from '@/words/sessions';

const FILLS = ['--raised', '--zone-1', '--zone-2', '--zone-3', '--zone-4', '--zone-5'] as const;
const WIDTH = 200;

/** Time in each zone as one bar, lowest first, as wide as it took; told in words for whoever hovers or listens. */
export function ZoneBar({ seconds }: { seconds: readonly number[] }) {
  const words = useWords(sessionWords);
  const { number } = useFormats();
  const total = seconds.reduce((sum, part) => sum + part, 0);
  const longest = seconds
    .map((part, zone) => [zone, number(part / 60, 0)] as const)
    .filter(([zone]) => (seconds[zone] ?? 0) >= 30)
    .map(([zone, minutes]) => (zone === 0 ? words.belowZones(minutes) : words.zone(zone, minutes)))
    .join(', ');
  const told = longest === '' ? words.briefZones : longest;
  const scale = total === 0 ? 0 : WIDTH / total;
  const parts = seconds.map((part, zone) => ({
    zone,
    x: scale * seconds.slice(0, zone).reduce((sum, before) => sum + before, 0),
    width: scale * part,
    fill: `var(${FILLS[zone] ?? FILLS[0]})`,
  }));
  return (
    <svg
      viewBox={`0 0 ${WIDTH} 16`}
      className="h-4 w-44 min-w-44"
      role="img"
      aria-label={told}
      preserveAspectRatio="none"
    >
      <title>{told}</title>
      {parts.map(({ x, width, fill, zone }) => (
        <rect
          key={zone}
          x={x}
          width={width}
          height="16"
          fill={fill}
          stroke="var(--line-strong)"
          strokeWidth="0.6"
        />
      ))}
    </svg>
  );
}
