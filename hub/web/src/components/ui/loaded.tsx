import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { ageWords } from '@/live/times';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { HubUnreachable } from '@/api/problem';
import { ProblemPanel } from './problem-panel';
import { Skeleton } from './skeleton';
import { Strip } from './strip';

interface LoadedProps<Data> {
  query: UseQueryResult<Data>;
  /** What could not be shown, to begin the sentence: "The sessions". */
  what: string;
  /** Stands in while it loads; lines of text by default. */
  skeleton?: ReactNode;
  children: (data: Data) => ReactNode;
}

/**
 * What was asked of the hub, in each of its states: a placeholder after 300 ms, an error with its way out, what was read
 * before with its age when it cannot be read anew, and the data. Empty is the data's own state.
 */
export function Loaded<Data>({ query, what, skeleton, children }: LoadedProps<Data>) {
  const { data } = query;
  const retry = () => void query.refetch();
  if (data === undefined) {
    // a question that waits for the network is neither an error nor an answer
    if (query.fetchStatus === 'paused')
      return <ProblemPanel what={what} error={new HubUnreachable()} onRetry={retry} />;
    if (query.isError) return <ProblemPanel what={what} error={query.error} onRetry={retry} />;
    return skeleton ?? <Skeleton />;
  }
  const isOld = query.fetchStatus === 'paused' || query.isRefetchError;
  return (
    <>
      {isOld && <OldStrip readAtMs={query.dataUpdatedAt} />}
      {children(data)}
    </>
  );
}

const TICK_MS = 10_000;

function OldStrip({ readAtMs }: { readAtMs: number }) {
  const words = useWords(commonWords);
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const ticking = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(ticking);
  }, []);
  return <Strip look="late">{words.offline(ageWords(nowMs - readAtMs))}</Strip>;
}
