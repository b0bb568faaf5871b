import { useQuery } from '@tanstack/react-query';
import type { components } from '@/api/schema';
import { CsvButton } from '@/components/ui/csv-button';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { Dialog } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { useWords } from '@/words/catalogue';
import { competitionWords } from '@/words/competitions';
import { useFormats } from '@/words/formats';
import type { RaceClock, SplitRate } from './competitions';
import { ratesQuery } from './competitions';

interface SplitsDialogProps {
  competitionId: string;
  factId: number;
  title: string;
  onClose: () => void;
}

/** A result split by split with the heart rate of whoever reached it, and how far the clock may be wrong. */
export function SplitsDialog({ competitionId, factId, title, onClose }: SplitsDialogProps) {
  const words = useWords(competitionWords);
  const rates = useQuery(ratesQuery(competitionId, factId));
  return (
    <Dialog title={title} onClose={onClose}>
      <Loaded query={rates} what={words.what.rates}>
        {told => (
          <div className="flex flex-col gap-3">
            {told.clock !== null && <Clock clock={told.clock} />}
            <Part name={title} reason={told.reason} splits={told.splits} />
            {told.legs.map((leg, place) => {
              const name = words.leg(String(leg.number ?? place + 1));
              return (
                <section key={name} aria-label={name} className="flex flex-col gap-2">
                  <h3 className="font-semibold">{name}</h3>
                  <TakeOver ms={leg.take_over_ms} />
                  <Part name={`${title} ${name}`} reason={leg.reason} splits={leg.splits} />
                </section>
              );
            })}
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}

export function useClockFacts(): (clock: RaceClock) => { offset: string; error: string } {
  const { number } = useFormats();
  return clock => ({ offset: number(clock.offset_ms / 1000, 3), error: number(clock.error_ms / 1000, 3) });
}

function Clock({ clock }: { clock: RaceClock }) {
  const words = useWords(competitionWords);
  const { moment } = useFormats();
  const { offset, error } = useClockFacts()(clock);
  return (
    <div>
      <p>{words.clockIs(clock.name, offset, error)}</p>
      <p className="text-sm text-ink-soft">{words.clockSet(clock.set_by, moment(clock.set_at))}</p>
    </div>
  );
}

function TakeOver({ ms }: { ms: number | null }) {
  const words = useWords(competitionWords);
  const { number } = useFormats();
  return ms === null ? null : <p className="text-ink-soft">{words.takeOver(number(ms / 1000, 2))}</p>;
}

interface PartProps {
  name: string;
  reason: components['schemas']['SplitRates']['reason'];
  splits: readonly SplitRate[];
}

function Part({ name, reason, splits }: PartProps) {
  const words = useWords(competitionWords);
  const columns = useColumns();
  return (
    <>
      {reason !== '' && <p className="text-late">{words.noRates[reason]}</p>}
      {splits.length > 0 && (
        <>
          <DataTable
            caption={name}
            columns={columns}
            rows={splits}
            rowKey={split => `${split.from} ${split.to}`}
          />
          <div className="self-end">
            <CsvButton name={name} columns={columns} rows={splits} />
          </div>
        </>
      )}
    </>
  );
}

function seconds(split: SplitRate): number {
  return (Date.parse(split.to) - Date.parse(split.from)) / 1000;
}

function at({ at: told, distance_m: distance }: SplitRate): string {
  return told || (distance === null ? '–' : `${distance} m`);
}

function useColumns(): Column<SplitRate>[] {
  const words = useWords(competitionWords);
  const { number } = useFormats();
  const rate = (name: string, value: (split: SplitRate) => number | null): Column<SplitRate> => ({
    name,
    unit: words.unit.bpm,
    isNumber: true,
    by: value,
    show: split => {
      const told = value(split);
      return told === null ? '–' : number(told, 0);
    },
  });
  return [
    { name: words.split.at, isHead: true, by: at, show: at },
    {
      name: words.split.time,
      unit: words.unit.seconds,
      isNumber: true,
      by: seconds,
      show: split => number(seconds(split), 2),
    },
    rate(words.split.mean, split => split.mean),
    rate(words.split.low, split => split.low),
    rate(words.split.high, split => split.high),
    {
      name: words.split.coverage,
      unit: words.unit.percent,
      isNumber: true,
      by: split => split.coverage * 100,
      // cut, not rounded: 99.6 is not all
      show: split => number(Math.floor(split.coverage * 100), 0),
    },
  ];
}
