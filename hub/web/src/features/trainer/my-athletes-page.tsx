import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Shared } from '@/api/shared';
import { sharedQuery } from '@/api/shared';
import { Button } from '@/components/ui/button';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { CopyIcon, PersonIcon } from '@/components/ui/first-icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { PresenceLine } from '@/live/presence-line';
import { usePresence } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { trainerWords } from '@/words/trainer';

/** Everybody who granted this trainer something, with the number now: two to eight big tiles. */
export function MyAthletesPage({ accountId }: { accountId: string }) {
  const words = useWords(trainerWords);
  const shared = useQuery(sharedQuery);
  return (
    <Page title={words.title} subtitle={words.subtitle}>
      <Loaded query={shared} what={words.what.athletes}>
        {given =>
          given.length === 0 ? (
            <EmptyPanel icon={<PersonIcon className="size-9" />} title={words.nobody}>
              {words.nobodyHint}
            </EmptyPanel>
          ) : (
            <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 xl:grid-cols-3">
              {given.map(one => (
                <Tile key={one.id} given={one} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <OwnNumber accountId={accountId} />
    </Page>
  );
}

function Tile({ given }: { given: Shared }) {
  const words = useWords(trainerWords);
  const { date } = useFormats();
  const presence = usePresence(given.athlete_id);
  const names: Readonly<Record<string, string>> = words.metric;
  const facts = [
    given.metrics.map(metric => names[metric] ?? metric).join(', '),
    words.since(date(given.from)),
    given.to !== null && words.until(date(given.to)),
    given.ends_at === null ? words.forever : words.ends(date(given.ends_at)),
  ];
  return (
    <li
      data-state={presence.state}
      className="flex flex-col gap-2 rounded-xl border border-line bg-surface p-4"
    >
      <div className="flex items-start gap-3">
        <div className="mr-auto min-w-0">
          <h2 className="text-lg font-semibold break-words">{given.athlete}</h2>
          <p className="text-ink-soft">{given.club}</p>
        </div>
        <p className="text-5xl leading-none font-semibold tabular-nums">
          {presence.value === null ? '–' : Math.round(presence.value)}
        </p>
      </div>
      <p className="text-sm">
        <PresenceLine presence={presence} />
      </p>
      <p className="text-sm text-ink-soft">{facts.filter(fact => fact !== false).join(' · ')}</p>
      <Link
        to="/my-athletes/$sharedId"
        params={{ sharedId: given.id }}
        aria-label={words.open(given.athlete)}
        className="inline-flex min-h-11 items-center self-start rounded-lg border border-line-strong bg-surface px-4 font-medium"
      >
        {words.charts}
      </Link>
    </li>
  );
}

/** What an athlete must know to grant this person something. */
function OwnNumber({ accountId }: { accountId: string }) {
  const words = useWords(trainerWords);
  const [isCopied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(accountId).then(() => setCopied(true));
  return (
    <p className="flex flex-wrap items-center gap-2 text-ink-soft">
      {words.number}:{' '}
      <code className="rounded bg-raised px-1.5 py-0.5 break-all select-all">{accountId}</code>
      <Button look="quiet" className="px-2" onClick={copy}>
        <CopyIcon className="size-4" /> {isCopied ? words.copied : words.copy}
      </Button>
    </p>
  );
}
