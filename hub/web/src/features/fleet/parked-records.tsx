import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { Dialog } from '@/components/ui/dialog';
import { ProblemPanel } from '@/components/ui/problem-panel';
import { Refusal } from '@/components/ui/refusal';
import { Skeleton } from '@/components/ui/skeleton';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { useFormats } from '@/words/formats';
import { ingestWords } from '@/words/ingest';
import type { ParkedRecord } from './ingest';
import { discardParked, parkedKey, parkedQuery, retryParked } from './ingest';

interface ParkedRecordsProps {
  gateway: string;
  reason: string;
  keeps: boolean;
}

/** The records of one gateway and reason: looked at, tried again, given up. */
export function ParkedRecords({ gateway, reason, keeps }: ParkedRecordsProps) {
  const words = useWords(ingestWords);
  const queryClient = useQueryClient();
  const parked = useInfiniteQuery(parkedQuery(gateway, reason));
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [told, setTold] = useState<string | null>(null);
  const [isDiscarding, setDiscarding] = useState(false);
  const records = parked.data?.pages.flatMap(({ items }) => items) ?? [];
  const ids = records.map(({ id }) => id).filter(id => chosen.has(id));
  const settle = async (sentence: string) => {
    setTold(sentence);
    setChosen(new Set());
    await queryClient.invalidateQueries({ queryKey: parkedKey });
  };
  const retrying = useMutation({
    mutationFn: () => retryParked(ids),
    onSuccess: answer => settle(words.retried(answer.records)),
  });
  if (parked.isPending) return <Skeleton />;
  if (parked.data === undefined)
    return (
      <ProblemPanel what={words.what.records} error={parked.error} onRetry={() => void parked.refetch()} />
    );
  return (
    <div className="flex flex-col gap-3 py-2">
      {keeps && (
        <div className="flex flex-wrap items-center gap-3">
          <Button onClick={() => setChosen(new Set(records.map(({ id }) => id)))}>{words.chooseAll}</Button>
          <Button look="solid" disabled={ids.length === 0} onClick={() => retrying.mutate()}>
            {words.retry(ids.length)}
          </Button>
          <Button disabled={ids.length === 0} onClick={() => setDiscarding(true)}>
            {words.discard(ids.length)}
          </Button>
          <Refusal error={retrying.error} />
        </div>
      )}
      {told !== null && (
        <p role="status" className="text-good">
          {told}
        </p>
      )}
      <RecordTable records={records} chosen={chosen} onChoose={keeps ? setChosen : null} />
      {parked.hasNextPage && (
        <Button className="self-start" onClick={() => void parked.fetchNextPage()}>
          {words.more}
        </Button>
      )}
      {isDiscarding && (
        <DiscardRecords
          ids={ids}
          onClose={() => setDiscarding(false)}
          onDone={count => settle(words.discarded(count))}
        />
      )}
    </div>
  );
}

interface RecordTableProps {
  records: readonly ParkedRecord[];
  chosen: ReadonlySet<number>;
  /** Null: this person only looks. */
  onChoose: ((chosen: ReadonlySet<number>) => void) | null;
}

function RecordTable({ records, chosen, onChoose }: RecordTableProps) {
  const words = useWords(ingestWords);
  return (
    <DataTable
      caption={words.what.records}
      columns={useColumns(chosen, onChoose)}
      rows={records}
      rowKey={one => String(one.id)}
    />
  );
}

function useColumns(chosen: RecordTableProps['chosen'], onChoose: RecordTableProps['onChoose']) {
  const words = useWords(ingestWords);
  const { moment } = useFormats();
  const columns: Column<ParkedRecord>[] = [
    { name: words.column.number, isHead: true, show: one => one.id },
    { name: words.column.record, isNumber: true, show: one => one.record ?? '–' },
    { name: words.column.why, show: one => one.detail, className: 'min-w-56' },
    { name: words.column.at, show: one => moment(one.parked_at), className: 'whitespace-nowrap' },
    {
      name: words.column.tried,
      show: ({ retry_asked_at, tried_at }) => {
        if (retry_asked_at !== null) return words.asked;
        return tried_at === null ? words.never : moment(tried_at);
      },
      className: 'whitespace-nowrap',
    },
  ];
  if (onChoose !== null)
    columns.unshift({
      name: words.column.choose,
      show: ({ id }) => (
        <input
          type="checkbox"
          className="m-2.5 size-6"
          aria-label={words.chooseOne(id)}
          checked={chosen.has(id)}
          onChange={event => onChoose(chosenWith(chosen, id, event.target.checked))}
        />
      ),
    });
  return columns;
}

/** A choice with or without one of them. */
function chosenWith(chosen: ReadonlySet<number>, id: number, isChosen: boolean): ReadonlySet<number> {
  return isChosen ? new Set([...chosen, id]) : new Set([...chosen].filter(one => one !== id));
}

interface DiscardRecordsProps {
  ids: number[];
  onClose: () => void;
  onDone: (count: number) => Promise<void>;
}

function DiscardRecords({ ids, onClose, onDone }: DiscardRecordsProps) {
  const words = useWords(ingestWords);
  const common = useWords(commonWords);
  const [reason, setReason] = useState('');
  const discarding = useMutation({
    mutationFn: () => discardParked(ids, reason.trim()),
    onSuccess: async answer => {
      await onDone(answer.records);
      onClose();
    },
  });
  return (
    <Dialog title={words.discardTitle(ids.length)} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={event => {
          event.preventDefault();
          discarding.mutate();
        }}
      >
        <p>{words.discardHint}</p>
        <TextField
          label={words.reason}
          value={reason}
          onChange={event => setReason(event.target.value)}
          required
          maxLength={120}
          autoComplete="off"
        />
        <div className="flex flex-wrap items-center justify-end gap-3">
          <Refusal error={discarding.error} />
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button look="solid" type="submit" aria-disabled={discarding.isPending}>
            {words.discard(ids.length)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
