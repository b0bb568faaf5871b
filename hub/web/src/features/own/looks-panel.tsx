import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from '@/components/ui/button';
import { Panel, Row } from '@/components/ui/panel';
import { ProblemPanel } from '@/components/ui/problem-panel';
import { Skeleton } from '@/components/ui/skeleton';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { privacyWords } from '@/words/privacy';
import type { Entry } from './privacy';
import { looksQuery } from './privacy';

interface LooksPanelProps {
  athleteId: string;
  /** The account that looks at this list. */
  accountId: string;
}

/** Who read or changed what the hub has of an athlete. */
export function LooksPanel({ athleteId, accountId }: LooksPanelProps) {
  const words = useWords(privacyWords);
  const looks = useInfiniteQuery(looksQuery(athleteId));
  const entries = looks.data?.pages.flatMap(({ items }) => items);
  return (
    <Panel title={words.looked.title} hint={words.looked.hint}>
      {entries === undefined && looks.isPending && <Skeleton />}
      {looks.isError && (
        <ProblemPanel what={words.what.looked} error={looks.error} onRetry={() => void looks.refetch()} />
      )}
      {entries?.length === 0 && <p className="text-ink-soft">{words.looked.none}</p>}
      <ul>
        {entries?.map(entry => (
          <LookRow
            key={`${entry.at} ${entry.account_id} ${entry.act} ${entry.things}`}
            entry={entry}
            isOwn={entry.account_id === accountId}
          />
        ))}
      </ul>
      {looks.hasNextPage && (
        <Button
          className="self-start"
          disabled={looks.isFetchingNextPage}
          onClick={() => void looks.fetchNextPage()}
        >
          {words.looked.more}
        </Button>
      )}
    </Panel>
  );
}

function LookRow({ entry, isOwn }: { entry: Entry; isOwn: boolean }) {
  const words = useWords(privacyWords).looked;
  const { moment } = useFormats();
  const who = isOwn ? words.you : (entry.name ?? words.gone);
  return (
    <Row
      name={`${who} ${wordFor(words.acts, entry.act)}`}
      facts={[
        moment(entry.at),
        entry.role !== null && !isOwn && wordFor(words.roles, entry.role),
        entry.club ?? false,
      ]}
    />
  );
}

/** In words where there are some; else as the API calls it, so that nothing is left out. */
function wordFor(words: Readonly<Record<string, string>>, name: string): string {
  return words[name] ?? name.replaceAll('_', ' ');
}
