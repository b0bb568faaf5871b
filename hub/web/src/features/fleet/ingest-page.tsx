import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { Panel, Row } from '@/components/ui/panel';
import { ProblemPanel } from '@/components/ui/problem-panel';
import { Skeleton } from '@/components/ui/skeleton';
import { ageWords } from '@/live/times';
import { useHubNow } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { fleetWords } from '@/words/fleet';
import { useFormats } from '@/words/formats';
import { ingestWords } from '@/words/ingest';
import { gatewaysQuery } from './fleet';
import { FleetParts } from './fleet-parts';
import type { ParkedGroup } from './ingest';
import { discardedQuery, groupsQuery } from './ingest';
import { ParkedRecords } from './parked-records';

/** What came and could not be stored, and what has not come yet. `keeps`: this person may try again and give up. */
export function IngestPage({ keeps }: { keeps: boolean }) {
  const words = useWords(ingestWords);
  return (
    <Page title={words.title}>
      <FleetParts />
      <Parked keeps={keeps} />
      <Waiting />
      <GivenUp />
    </Page>
  );
}

function Parked({ keeps }: { keeps: boolean }) {
  const words = useWords(ingestWords);
  const groups = useQuery(groupsQuery);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Panel title={words.parked} hint={words.parkedHint}>
      <Loaded query={groups} what={words.what.groups}>
        {found =>
          found.length === 0 ? (
            <p className="text-good">{words.allStored}</p>
          ) : (
            <ul className="flex flex-col gap-2">
              {found.map(group => {
                const key = `${group.gateway} ${group.reason}`;
                return (
                  <Group
                    key={key}
                    group={group}
                    isOpen={open === key}
                    onOpen={() => setOpen(open === key ? null : key)}
                    keeps={keeps}
                  />
                );
              })}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

interface GroupProps {
  group: ParkedGroup;
  isOpen: boolean;
  onOpen: () => void;
  keeps: boolean;
}

function Group({ group, isOpen, onOpen, keeps }: GroupProps) {
  const words = useWords(ingestWords);
  const { number, moment } = useFormats();
  const { gateway, reason, records, bytes, since } = group;
  const name = wordFor(words.reasons, reason) ?? reason;
  return (
    <>
      <Row
        name={`${gateway}: ${name}`}
        facts={[
          words.records(number(records)),
          words.size(number(bytes / 1000, 1)),
          words.since(moment(since)),
          wordFor(words.ways, reason) ?? words.ways.other,
        ]}
        action={
          <Button
            aria-expanded={isOpen}
            aria-label={isOpen ? words.hide : words.lookAt(name, gateway)}
            onClick={onOpen}
          >
            {isOpen ? words.hide : words.look}
          </Button>
        }
      />
      {isOpen && (
        <li>
          <ParkedRecords gateway={gateway} reason={reason} keeps={keeps} />
        </li>
      )}
    </>
  );
}

function wordFor(words: Readonly<Record<string, string>>, name: string): string | undefined {
  return words[name];
}

/** What gateways hold that is not here yet. */
function Waiting() {
  const words = useWords(ingestWords);
  const fleet = useWords(fleetWords);
  const { number } = useFormats();
  const gateways = useQuery(gatewaysQuery);
  const nowMs = useHubNow();
  return (
    <Panel title={words.waiting} hint={words.waitingHint}>
      <Loaded query={gateways} what={fleet.what.gateways}>
        {found => {
          const holding = found.filter(
            ({ buffer }) => buffer !== null && (buffer.waiting_records > 0 || buffer.dropped_records > 0),
          );
          if (holding.length === 0) return <p className="text-good">{words.nothingWaits}</p>;
          return (
            <ul>
              {holding.map(({ name, site, buffer }) => (
                <Row
                  key={name}
                  name={`${name}, ${site}`}
                  facts={[
                    buffer !== null &&
                      buffer.oldest_at !== null &&
                      words.waits(
                        number(buffer.waiting_records),
                        ageWords(nowMs - Date.parse(buffer.oldest_at)),
                      ),
                    buffer !== null &&
                      buffer.dropped_records > 0 &&
                      words.lost(number(buffer.dropped_records)),
                  ]}
                />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Panel>
  );
}

/** What somebody gave up, and why. */
function GivenUp() {
  const words = useWords(ingestWords);
  const { moment } = useFormats();
  const discarded = useInfiniteQuery(discardedQuery);
  const found = discarded.data?.pages.flatMap(({ items }) => items);
  return (
    <Panel title={words.givenUp}>
      {found === undefined && discarded.isPending && <Skeleton />}
      {discarded.isError && (
        <ProblemPanel
          what={words.what.discarded}
          error={discarded.error}
          onRetry={() => void discarded.refetch()}
        />
      )}
      {found?.length === 0 && <p className="text-ink-soft">{words.noneGivenUp}</p>}
      <ul>
        {found?.map(one => (
          <Row
            key={one.id}
            name={one.reason}
            facts={[
              one.gateway,
              wordFor(words.reasons, one.parked_for) ?? one.parked_for,
              words.by(one.discarded_by, moment(one.discarded_at)),
            ]}
          />
        ))}
      </ul>
      {discarded.hasNextPage && (
        <Button className="self-start" onClick={() => void discarded.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </Panel>
  );
}
