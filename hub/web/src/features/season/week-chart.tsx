import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { seasonWords } from '@/words/season';
import type { OverviewWeek, Told } from './season';
import { TOP, valueOf } from './season';

interface WeekChartProps {
  told: Told;
  weeks: readonly OverviewWeek[];
  /** As high as the scale goes at least, so that teams can be compared; null where the scale has a top of its own. */
  most: number;
}

const HEIGHT = 56;
const STEP = 8;
/** After the point: a feeling of 3.4 is not one of 3.6. */
const DIGITS: Readonly<Record<Told, number>> = {
  attendance: 0,
  load: 0,
  wellness: 1,
  coverage: 0,
  absent: 0,
};

/** One quantity of a team by weeks; a week of which nothing is told is a cross on the ground, never a bar of 0. */
export function WeekChart({ told, weeks, most }: WeekChartProps) {
  const words = useWords(seasonWords);
  const { number, day } = useFormats();
  const top = TOP[told] ?? Math.max(most, 1);
  const values = weeks.map(week => valueOf(week, told));
  const inWords = (value: number | null) =>
    value === null ? words.untold : `${number(value, DIGITS[told])} ${words.unit[told]}`;
  const latest = values.findLast(value => value !== null) ?? null;
  return (
    <figure className="flex min-w-0 flex-col gap-1 rounded-lg border border-line p-3">
      <figcaption className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{words.told[told]}</span>
        <span className="text-sm text-ink-soft">{words.unit[told]}</span>
        <b className="ml-auto text-xl tabular-nums" title={words.latest}>
          {latest === null ? '–' : number(latest, DIGITS[told])}
        </b>
      </figcaption>
      <svg
        viewBox={`0 0 ${STEP * weeks.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-16 w-full"
        role="img"
        aria-label={words.chart(words.told[told], inWords(latest))}
      >
        <line x1="0" x2={STEP * weeks.length} y1={HEIGHT - 1} y2={HEIGHT - 1} stroke="var(--line-strong)" />
        {weeks.map((week, place) => (
          <g key={week.first_day}>
            <title>{words.ofWeek(day(`${week.first_day}T12:00`), inWords(values[place] ?? null))}</title>
            <rect x={STEP * place} width={STEP} height={HEIGHT} fill="transparent" />
            <Bar value={values[place] ?? null} x={STEP * place} share={(values[place] ?? 0) / top} />
          </g>
        ))}
      </svg>
      <p className="text-xs text-ink-soft">{words.how[told]}</p>
    </figure>
  );
}

function Bar({ value, x, share }: { value: number | null; x: number; share: number }) {
  if (value === null)
    return (
      <path
        d={`M${x + 2},${HEIGHT - 7}l4,4m0,-4l-4,4`}
        stroke="var(--late)"
        strokeWidth="1.2"
        vectorEffect="non-scaling-stroke"
      />
    );
  const high = Math.max(0, Math.min(1, share)) * (HEIGHT - 4);
  return (
    <rect
      x={x + 1}
      width={STEP - 2}
      y={HEIGHT - 1 - high}
      height={high}
      fill="var(--zone-2)"
      stroke="var(--line-strong)"
      strokeWidth="0.5"
      vectorEffect="non-scaling-stroke"
    />
  );
}
