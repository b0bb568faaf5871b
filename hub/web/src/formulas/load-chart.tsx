import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { loadWords } from '@/words/loads';
import type { AthleteLoads } from './loads';

interface LoadChartProps {
  name: string;
  loads: AthleteLoads;
  days: readonly string[];
  /** The highest load of the squad: all charts have one scale, so that athletes can be compared. */
  most: number;
}

const HEIGHT = 64;
const STEP = 6;

/** Load by days as bars, with both means as lines; a day that is not known is a cross on the ground, never a bar of 0. */
export function LoadChart({ name, loads, days, most }: LoadChartProps) {
  const words = useWords(loadWords);
  const { number, day } = useFormats();
  const up = (load: number) => HEIGHT - 2 - ((HEIGHT - 6) * load) / Math.max(most, 1);
  const line = (means: readonly number[]) =>
    means.map((mean, place) => `${STEP * place + STEP / 2},${up(mean).toFixed(1)}`).join(' ');
  const label = words.chart(name, number(loads.acute.at(-1) ?? 0, 0), number(loads.chronic.at(-1) ?? 0, 0));
  const told = (load: number | null) =>
    load === null ? words.unknown : load === 0 ? words.rest : number(load, 0);
  return (
    <svg
      viewBox={`0 0 ${STEP * days.length} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="h-20 w-full"
      role="img"
      aria-label={label}
    >
      <line x1="0" x2={STEP * days.length} y1={HEIGHT - 1} y2={HEIGHT - 1} stroke="var(--line-strong)" />
      {loads.load.map((load, place) => (
        <g key={days[place]}>
          <title>{words.dayLoad(day(`${days[place]}T12:00`), told(load))}</title>
          <rect x={STEP * place} width={STEP} height={HEIGHT} fill="transparent" />
          {load === null ? (
            <path
              d={`M${STEP * place + 1},${HEIGHT - 7}l4,4m0,-4l-4,4`}
              stroke="var(--late)"
              strokeWidth="1.2"
              vectorEffect="non-scaling-stroke"
            />
          ) : (
            load > 0 && (
              <rect
                x={STEP * place + 1}
                width={STEP - 2}
                y={up(load)}
                height={HEIGHT - 1 - up(load)}
                fill="var(--zone-2)"
                stroke="var(--line-strong)"
                strokeWidth="0.5"
                vectorEffect="non-scaling-stroke"
              />
            )
          )}
        </g>
      ))}
      <polyline
        points={line(loads.chronic)}
        fill="none"
        stroke="var(--ink)"
        strokeWidth="2"
        vectorEffect="non-scaling-stroke"
      />
      <polyline
        points={line(loads.acute)}
        fill="none"
        stroke="var(--late)"
        strokeWidth="2"
        strokeDasharray="4 3"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** What bars, lines and crosses stand for. */
export function LoadLegend() {
  const words = useWords(loadWords);
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm text-ink-soft" aria-hidden="true">
      <Key name={words.legend.bars}>
        <rect x="6" y="2" width="7" height="12" fill="var(--zone-2)" stroke="var(--line-strong)" />
      </Key>
      <Key name={words.legend.acute}>
        <path d="M0 8h20" stroke="var(--late)" strokeWidth="2" strokeDasharray="4 3" />
      </Key>
      <Key name={words.legend.chronic}>
        <path d="M0 8h20" stroke="var(--ink)" strokeWidth="2" />
      </Key>
      <Key name={words.legend.unknown}>
        <path d="M7 5l6 6m0-6l-6 6" stroke="var(--late)" strokeWidth="1.5" />
      </Key>
    </ul>
  );
}

function Key({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <li className="flex items-center gap-1.5">
      <svg viewBox="0 0 20 16" className="h-4 w-5">
        {children}
      </svg>
      {name}
    </li>
  );
}
