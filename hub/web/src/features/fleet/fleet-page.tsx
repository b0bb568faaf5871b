import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { GatewayIcon } from '@/components/ui/first-icons';
import { PlusIcon } from '@/components/ui/icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { Panel } from '@/components/ui/panel';
import { ageWords } from '@/live/times';
import { useHubNow } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { fleetWords } from '@/words/fleet';
import { useFormats } from '@/words/formats';
import { AddGateway } from './add-gateway';
import type { Gateway } from './fleet';
import { gatewaysQuery } from './fleet';
import { FleetParts } from './fleet-parts';
import { bufferPercent, clockWords, versionOf } from './gateway-facts';
import { lookOf, urgency } from './gateway-state';
import { GatewaySign } from './state-sign';
import { VersionsPanel } from './versions-panel';

/** Every gateway of the club: what needs somebody first. `keeps`: this person may change gateways. */
export function FleetPage({ keeps }: { keeps: boolean }) {
  const words = useWords(fleetWords);
  const gateways = useQuery(gatewaysQuery);
  const [isAdding, setAdding] = useState(false);
  const nowMs = useHubNow();
  const all = gateways.data ?? [];
  const well = all.filter(gateway => lookOf(gateway, nowMs) === 'ok').length;
  return (
    <Page
      title={words.title}
      subtitle={all.length > 0 && words.counts(well, all.length)}
      actions={
        keeps && (
          <Button look="solid" onClick={() => setAdding(true)}>
            <PlusIcon /> {words.add.button}
          </Button>
        )
      }
    >
      <FleetParts />
      <Loaded query={gateways} what={words.what.gateways}>
        {found =>
          found.length === 0 ? (
            <EmptyPanel icon={<GatewayIcon className="size-9" />} title={words.none}>
              {keeps ? words.noneHint : words.noneReadOnly}
            </EmptyPanel>
          ) : (
            <>
              <Attention gateways={found} nowMs={nowMs} />
              <GatewayTable gateways={found} nowMs={nowMs} />
              <VersionsPanel keeps={keeps} />
            </>
          )
        }
      </Loaded>
      {isAdding && <AddGateway onClose={() => setAdding(false)} />}
    </Page>
  );
}

interface GatewaysProps {
  gateways: readonly Gateway[];
  nowMs: number;
}

/** What is wrong, in sentences that say what to do. */
function Attention({ gateways, nowMs }: GatewaysProps) {
  const words = useWords(fleetWords);
  const ill = gateways
    .map(gateway => ({ gateway, look: lookOf(gateway, nowMs) }))
    .filter(({ look, gateway }) => look !== 'ok' || gateway.faults.length > 0)
    .toSorted((one, other) => urgency(one.look) - urgency(other.look));
  if (ill.length === 0) return null;
  return (
    <Panel title={words.attention}>
      <ul className="flex flex-col gap-3">
        {ill.map(({ gateway, look }) => (
          <li key={gateway.name} className="border-t border-line pt-3 first:border-t-0 first:pt-0">
            <p className="flex flex-wrap items-center gap-x-3">
              <GatewayName gateway={gateway} /> <GatewaySign look={look} />
            </p>
            {sentencesOf(gateway, look, words.whatToDo).map(sentence => (
              <p key={sentence}>{sentence}</p>
            ))}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** What the gateway says is wrong, and what to do where it says nothing any more. */
export function sentencesOf(
  gateway: Gateway,
  look: string,
  whatToDo: Readonly<Record<string, string>>,
): readonly string[] {
  const first = whatToDo[look];
  return first === undefined ? gateway.faults : [first, ...gateway.faults];
}

function GatewayName({ gateway }: { gateway: Gateway }) {
  return (
    <span>
      <Link
        to="/fleet/$gateway"
        params={{ gateway: gateway.name }}
        className="inline-flex min-h-6 items-center font-semibold underline decoration-line-strong underline-offset-4"
      >
        {gateway.name}
      </Link>{' '}
      <span className="text-ink-soft">{gateway.site}</span>
    </span>
  );
}

function GatewayTable({ gateways, nowMs }: GatewaysProps) {
  const words = useWords(fleetWords);
  const columns = useColumns(nowMs);
  return (
    <DataTable caption={words.what.gateways} columns={columns} rows={gateways} rowKey={one => one.name} />
  );
}

function waitingWords(
  records: number,
  number: (value: number) => string,
  words: { nothingWaits: string; records: (count: string) => string },
): string {
  return records === 0 ? words.nothingWaits : words.records(number(records));
}

function useColumns(nowMs: number): Column<Gateway>[] {
  const words = useWords(fleetWords);
  const { number } = useFormats();
  const age = (when: string) => ageWords(nowMs - Date.parse(when));
  return [
    {
      name: words.column.gateway,
      isHead: true,
      by: one => one.name,
      show: one => <GatewayName gateway={one} />,
    },
    {
      name: words.column.state,
      by: one => urgency(lookOf(one, nowMs)),
      show: one => <GatewaySign look={lookOf(one, nowMs)} />,
    },
    {
      name: words.column.seen,
      by: one => one.heard_at,
      show: one => (one.heard_at === null ? '–' : words.ago(age(one.heard_at))),
      className: 'whitespace-nowrap',
    },
    {
      name: words.column.waiting,
      by: one => one.buffer?.waiting_records ?? null,
      show: ({ buffer }) => (
        <>
          {buffer === null ? '–' : waitingWords(buffer.waiting_records, number, words)}
          {buffer?.oldest_at != null && (
            <span className="block text-sm text-ink-soft">{words.oldest(age(buffer.oldest_at))}</span>
          )}
        </>
      ),
      className: 'whitespace-nowrap',
    },
    {
      name: words.column.buffer,
      by: one => bufferPercent(one),
      show: one => (one.buffer === null ? '–' : words.full(bufferPercent(one) ?? 0)),
      className: 'whitespace-nowrap',
    },
    {
      name: words.column.clock,
      by: one => one.clock?.error_us ?? null,
      show: one => clockWords(one, words.clock, number),
      className: 'whitespace-nowrap',
    },
    {
      name: words.column.sensors,
      by: one => one.sensors.length,
      show: one =>
        words.sensorsLive(one.sensors.filter(({ state }) => state === 'live').length, one.sensors.length),
      className: 'whitespace-nowrap',
    },
    { name: words.column.version, by: one => versionOf(one), show: one => versionOf(one) ?? '–' },
  ];
}
