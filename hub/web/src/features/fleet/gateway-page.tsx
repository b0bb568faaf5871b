import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { Panel } from '@/components/ui/panel';
import { ageWords } from '@/live/times';
import { useHubNow } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { fleetWords } from '@/words/fleet';
import { useFormats } from '@/words/formats';
import type { Gateway } from './fleet';
import { gatewayQuery } from './fleet';
import { sentencesOf } from './fleet-page';
import { GatewayActs } from './gateway-acts';
import { GatewayDay } from './gateway-day';
import { bufferPercent, clockWords, megabytes } from './gateway-facts';
import { GatewayOrders } from './gateway-orders';
import { GatewayRoster } from './gateway-roster';
import { GatewaySettingsPanel } from './gateway-settings';
import { lookOf } from './gateway-state';
import { GatewaySign } from './state-sign';

interface GatewayPageProps {
  name: string;
  /** Whether this person may change gateways. */
  keeps: boolean;
  /** The way up. */
  back: ReactNode;
}

/** One gateway: how it is, what it hears, what it was asked, what it is set to. */
export function GatewayPage({ name, keeps, back }: GatewayPageProps) {
  const words = useWords(fleetWords);
  const gateway = useQuery(gatewayQuery(name));
  const nowMs = useHubNow();
  return (
    <Page
      title={name}
      back={back}
      subtitle={
        gateway.data !== undefined && (
          <span className="flex flex-wrap items-center gap-x-3">
            {gateway.data.site} <GatewaySign look={lookOf(gateway.data, nowMs)} />
          </span>
        )
      }
      actions={keeps && gateway.data !== undefined && <GatewayActs gateway={gateway.data} />}
    >
      <Loaded query={gateway} what={words.what.gateway}>
        {found => (
          <>
            <Now gateway={found} nowMs={nowMs} />
            <GatewayRoster gateway={found} nowMs={nowMs} />
            <GatewayDay name={name} />
            <GatewayOrders name={name} />
            <GatewaySettingsPanel name={name} keeps={keeps} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Now({ gateway, nowMs }: { gateway: Gateway; nowMs: number }) {
  const words = useWords(fleetWords);
  return (
    <Panel title={words.gateway.now}>
      {sentencesOf(gateway, lookOf(gateway, nowMs), words.whatToDo).map(sentence => (
        <p key={sentence} className="border-l-4 border-late pl-3">
          {sentence}
        </p>
      ))}
      <Facts gateway={gateway} nowMs={nowMs} />
    </Panel>
  );
}

function Facts({ gateway, nowMs }: { gateway: Gateway; nowMs: number }) {
  const words = useWords(fleetWords);
  const { number } = useFormats();
  const { buffer, heard_at } = gateway;
  const age = (when: string) => ageWords(nowMs - Date.parse(when));
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] gap-4">
      <Fact name={words.column.seen}>{heard_at === null ? '–' : words.ago(age(heard_at))}</Fact>
      {buffer !== null && (
        <>
          <Fact
            name={words.column.waiting}
            more={buffer.oldest_at === null ? undefined : words.oldest(age(buffer.oldest_at))}
          >
            {buffer.waiting_records === 0
              ? words.nothingWaits
              : words.records(number(buffer.waiting_records))}
          </Fact>
          <Fact
            name={words.column.buffer}
            more={buffer.dropped_records === 0 ? undefined : words.given(number(buffer.dropped_records))}
          >
            {words.full(bufferPercent(gateway) ?? 0)},{' '}
            {words.of(number(megabytes(buffer.used_bytes), 1), number(megabytes(buffer.cap_bytes), 0))}
          </Fact>
        </>
      )}
      <Fact name={words.column.clock}>{clockWords(gateway, words.clock, number)}</Fact>
      {Object.entries(gateway.versions).map(([program, version]) => (
        <Fact key={program} name={program}>
          {version}
        </Fact>
      ))}
    </dl>
  );
}

interface FactProps {
  name: string;
  /** What is told beside it. */
  more?: string | undefined;
  children: ReactNode;
}

function Fact({ name, more, children }: FactProps) {
  return (
    <div>
      <dt className="text-sm text-ink-soft">{name}</dt>
      <dd className="font-semibold tabular-nums">
        {children}
        {more !== undefined && <span className="block text-sm font-normal text-ink-soft">{more}</span>}
      </dd>
    </div>
  );
}
