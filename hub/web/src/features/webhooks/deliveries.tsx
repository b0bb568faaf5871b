import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { Row } from '@/components/ui/panel';
import { ProblemPanel } from '@/components/ui/problem-panel';
import { Refusal } from '@/components/ui/refusal';
import { Skeleton } from '@/components/ui/skeleton';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { useFormats } from '@/words/formats';
import { webhookWords } from '@/words/webhooks';
import type { Delivery, Webhook } from './webhooks';
import { deliveriesQuery, replay } from './webhooks';

/** What a webhook was told: read once somebody opens it. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const words = useWords(webhookWords);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={event => setIsOpen(event.currentTarget.open)}>
      <summary className="flex min-h-11 cursor-pointer items-center font-medium text-accent underline">
        {words.deliveries}
      </summary>
      {isOpen && <List webhookId={webhook.id} />}
    </details>
  );
}

function List({ webhookId }: { webhookId: string }) {
  const words = useWords(webhookWords);
  const common = useWords(commonWords);
  const told = useInfiniteQuery(deliveriesQuery(webhookId));
  const again = useAct(
    (deliveryId: string) => replay(webhookId, deliveryId),
    deliveriesQuery(webhookId).queryKey,
  );
  const deliveries = told.data?.pages.flatMap(({ items }) => items);
  if (told.isError && deliveries === undefined)
    return (
      <ProblemPanel what={words.what.deliveries} error={told.error} onRetry={() => void told.refetch()} />
    );
  if (deliveries === undefined) return <Skeleton lines={2} />;
  if (deliveries.length === 0) return <p className="text-ink-soft">{words.noDeliveries}</p>;
  return (
    <>
      <ul>
        {deliveries.map(delivery => (
          <Entry
            key={delivery.id}
            delivery={delivery}
            isBusy={again.isPending}
            onReplay={() => again.mutate(delivery.id)}
          />
        ))}
      </ul>
      <Refusal error={again.error} />
      {told.hasNextPage && (
        <Button disabled={told.isFetchingNextPage} onClick={() => void told.fetchNextPage()}>
          {common.more}
        </Button>
      )}
    </>
  );
}

interface EntryProps {
  delivery: Delivery;
  isBusy: boolean;
  onReplay: () => void;
}

function Entry({ delivery, isBusy, onReplay }: EntryProps) {
  const words = useWords(webhookWords);
  const { moment } = useFormats();
  const { what, state, tries, queued_at: queuedAt, next_at: nextAt, ended_at: endedAt, reason } = delivery;
  return (
    <Row
      name={what}
      facts={[
        words.state[state](moment(endedAt ?? nextAt)),
        words.of(moment(queuedAt)),
        words.tries(tries),
        reason ?? false,
      ]}
      action={
        state !== 'waiting' && (
          <Button disabled={isBusy} aria-label={words.replayOf(what, moment(queuedAt))} onClick={onReplay}>
            {words.replay}
          </Button>
        )
      }
    />
  );
}
