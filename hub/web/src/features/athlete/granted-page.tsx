import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Shared } from '@/api/shared';
import { sharedQuery } from '@/api/shared';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { PulseIcon } from '@/components/ui/first-icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { useLive } from '@/live/live-context';
import { athleteWords } from '@/words/athlete';
import { useWords } from '@/words/catalogue';
import { trainerWords } from '@/words/trainer';
import { LivePanel } from './live-panel';
import { MetricChart } from './metric-chart';
import { RangePicker } from './range-picker';
import { CHARTED, pixelsFor } from './samples';
import type { RangeSearch } from './time-range';
import { rangeOf } from './time-range';
import { useWidth } from './use-width';

interface GrantedPageProps {
  sharedId: string;
  search: RangeSearch;
  onRange: (search: RangeSearch) => void;
  back: ReactNode;
}

/** An athlete of elsewhere, as far as was granted: the number now, and charts of what was given. */
export function GrantedPage({ sharedId, search, onRange, back }: GrantedPageProps) {
  const words = useWords(trainerWords);
  const shared = useQuery(sharedQuery);
  const given = shared.data?.find(one => one.id === sharedId);
  return (
    <Page
      title={given?.athlete ?? words.what.athlete}
      subtitle={given?.club}
      back={back}
      actions={given && <LivePanel athleteId={given.athlete_id} hrMax={null} />}
    >
      <Loaded query={shared} what={words.what.athlete}>
        {() =>
          given === undefined ? (
            <EmptyPanel icon={<PulseIcon className="size-9" />} title={words.gone}>
              {words.goneHint}
            </EmptyPanel>
          ) : (
            <Charts given={given} search={search} onRange={onRange} />
          )
        }
      </Loaded>
    </Page>
  );
}

const UNITS = { heart_rate: 'bpm', rr_interval: 'ms' } as const;

function Charts({
  given,
  search,
  onRange,
}: { given: Shared } & Pick<GrantedPageProps, 'search' | 'onRange'>) {
  const words = useWords(trainerWords);
  const athlete = useWords(athleteWords);
  const { store } = useLive();
  const [place, width] = useWidth();
  const range = rangeOf(search);
  const charted = CHARTED.filter(metric => given.metrics.includes(metric));
  const titles = { heart_rate: athlete.heartRate, rr_interval: athlete.intervals };
  if (charted.length === 0)
    return (
      <EmptyPanel icon={<PulseIcon className="size-9" />} title={words.noChart}>
        {words.noChartHint}
      </EmptyPanel>
    );
  return (
    <>
      <RangePicker range={range} nowMs={() => store.clock.now()} onChange={onRange} />
      <div ref={place} className="flex flex-col gap-4">
        {width !== null &&
          charted.map(metric => (
            <MetricChart
              key={metric}
              athleteId={given.athlete_id}
              sharedId={given.id}
              metric={metric}
              title={titles[metric]}
              unit={UNITS[metric]}
              range={range}
              pixels={pixelsFor(width)}
              heightPx={metric === 'heart_rate' ? 320 : 160}
              dots={metric === 'rr_interval'}
              onRange={onRange}
              whenEmpty={
                <EmptyPanel icon={<PulseIcon className="size-9" />} title={athlete.noValues}>
                  {athlete.chooseTime}
                </EmptyPanel>
              }
            />
          ))}
      </div>
    </>
  );
}
