import type { ReactNode } from 'react';
import { isCredible } from '@/live/quality';
import type { Quality } from '@/live/quality';
import { ageWords, clockTime } from '@/live/times';
import { useWords } from '@/words/catalogue';
import { athleteWords } from '@/words/athlete';
import { liveWords } from '@/words/live';
import type { ChartColumns, Mark } from './chart-columns';
import { extremes, gapsIn } from './chart-columns';
import type { MarkSign } from './chart-drawing';
import { signOf } from './chart-drawing';

/** More than this is told as a number: a list of a hundred gaps is read by nobody. */
const LISTED_GAPS = 4;

interface ChartFactsProps {
  columns: ChartColumns;
  gapMs: number;
  /** Share of expected values that are there, 0 to 1; null for metrics without a rhythm. */
  coverage: number | null;
  unit: string;
}

/** What stands beside the chart: coverage first, since the rest is worth as much as that. */
export function ChartFacts({ columns, gapMs, coverage, unit }: ChartFactsProps) {
  const words = useWords(athleteWords);
  const range = extremes(columns);
  return (
    <div className="flex flex-col gap-2 text-sm">
      <dl className="flex flex-wrap gap-x-6 gap-y-1">
        {coverage !== null && <Fact name={words.coverage} value={`${percent(coverage)} %`} />}
        {range && <Fact name={words.lowest} value={`${Math.round(range[0])} ${unit}`} />}
        {range && <Fact name={words.highest} value={`${Math.round(range[1])} ${unit}`} />}
      </dl>
      <Gaps gaps={gapsIn(columns, gapMs)} />
      <Marks marks={columns.marks} />
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-ink-soft">{name}</dt>
      <dd className="font-semibold tabular-nums">{value}</dd>
    </div>
  );
}

/** One decimal, cut off: 99.96 % is not "100 %". */
function percent(share: number): string {
  return (Math.floor(share * 1000) / 10).toFixed(share >= 1 ? 0 : 1);
}

function Gaps({ gaps }: { gaps: { fromMs: number; toMs: number }[] }) {
  const words = useWords(athleteWords);
  if (gaps.length === 0) return null;
  const listed = gaps
    .slice(0, LISTED_GAPS)
    .map(gap => words.gap(clockTime(gap.fromMs), clockTime(gap.toMs), ageWords(gap.toMs - gap.fromMs)));
  const more = gaps.length > LISTED_GAPS ? words.shorter(gaps.length - LISTED_GAPS) : '';
  return (
    <p className="text-ink-soft">
      <span className="font-medium text-ink">{words.gaps(gaps.length)}:</span> {listed.join(', ')}
      {more}
    </p>
  );
}

function Marks({ marks }: { marks: readonly Mark[] }) {
  const words = useWords(athleteWords);
  const { quality: qualityWords } = useWords(liveWords);
  const qualities = [...new Set(marks.map(mark => mark.quality))];
  if (qualities.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1">
      {qualities.map(quality => (
        <li key={quality} className="flex items-center gap-1.5">
          <Sign quality={quality} /> {qualityWords[quality]}
          {!isCredible(quality) && <span className="text-ink-soft">{words.notDrawn}</span>}
        </li>
      ))}
    </ul>
  );
}

const SIGNS: Record<MarkSign, { look: string; drawing: ReactNode }> = {
  filled: { look: 'text-late', drawing: <rect x="1" y="1.5" width="12" height="9" fill="currentColor" /> },
  hollow: { look: 'text-lost', drawing: <rect x="1" y="1.5" width="12" height="9" fill="none" /> },
  cross: { look: 'text-lost', drawing: <path d="M3 2l8 8M11 2l-8 8" fill="none" /> },
};

/** The same sign as at the foot of the chart. */
function Sign({ quality }: { quality: Quality }) {
  const { look, drawing } = SIGNS[signOf(quality)];
  return (
    <svg
      viewBox="0 0 14 12"
      className={`h-3 ${look}`}
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden="true"
    >
      {drawing}
    </svg>
  );
}
