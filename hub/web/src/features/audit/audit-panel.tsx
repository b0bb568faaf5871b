import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { athletesQuery } from '@/api/queries';
import { accountsQuery } from '@/api/accounts';
import { Button } from '@/components/ui/button';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { EyeIcon } from '@/components/ui/icons';
import { Loaded } from '@/components/ui/loaded';
import { Panel } from '@/components/ui/panel';
import { Segments } from '@/components/ui/segments';
import { SelectField } from '@/components/ui/select-field';
import { TextField } from '@/components/ui/text-field';
import { auditWords } from '@/words/audit';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { privacyWords } from '@/words/privacy';
import { roleWords } from '@/words/roles';
import type { ClubEntry, Filters, What } from './audit';
import { NO_FILTERS, auditQuery } from './audit';

/** Who read or changed what of the club, for its admins. */
export function AuditPanel() {
  const words = useWords(auditWords);
  const [filters, setFilters] = useState(NO_FILTERS);
  const audit = useInfiniteQuery(auditQuery(filters));
  return (
    <Panel title={words.title} hint={words.hint}>
      <FilterFields filters={filters} onChange={setFilters} />
      <Loaded query={audit} what={words.what}>
        {({ pages }) => {
          const entries = pages.flatMap(({ items }) => items);
          return entries.length === 0 ? (
            <EmptyPanel icon={<EyeIcon className="size-9" />} title={words.none}>
              {words.noneHint}
            </EmptyPanel>
          ) : (
            <EntryTable entries={entries} />
          );
        }}
      </Loaded>
      {audit.hasNextPage && (
        <Button
          className="self-start"
          disabled={audit.isFetchingNextPage}
          onClick={() => void audit.fetchNextPage()}
        >
          {words.more}
        </Button>
      )}
    </Panel>
  );
}

const KINDS: readonly What[] = ['all', 'read', 'changed'];

function FilterFields({ filters, onChange }: { filters: Filters; onChange: (filters: Filters) => void }) {
  const words = useWords(auditWords);
  const accounts = useQuery(accountsQuery).data ?? [];
  const athletes = useQuery(athletesQuery(undefined)).data ?? [];
  const set = (more: Partial<Filters>) => onChange({ ...filters, ...more });
  return (
    <search aria-label={words.filters} className="flex flex-wrap items-end gap-3">
      <Segments
        legend={words.kind.legend}
        options={KINDS.map(value => ({ value, label: words.kind[value] }))}
        value={filters.what}
        onChange={what => set({ what })}
      />
      <SelectField
        label={words.account}
        options={choices(words.everybody, accounts)}
        value={filters.account}
        onChange={event => set({ account: event.target.value })}
        className="min-w-44"
      />
      <SelectField
        label={words.athlete}
        options={choices(words.anybody, athletes)}
        value={filters.athlete}
        onChange={event => set({ athlete: event.target.value })}
        className="min-w-44"
      />
      <TextField
        label={words.from}
        type="date"
        value={filters.from}
        onChange={event => set({ from: event.target.value })}
      />
      <TextField
        label={words.to}
        type="date"
        value={filters.to}
        onChange={event => set({ to: event.target.value })}
      />
    </search>
  );
}

/** Everybody, and each by name. */
function choices(all: string, known: readonly { id: string; name: string }[]) {
  return [{ value: '', label: all }, ...known.map(({ id, name }) => ({ value: id, label: name }))];
}

function EntryTable({ entries }: { entries: readonly ClubEntry[] }) {
  const words = useWords(auditWords);
  const columns = useColumns();
  return (
    <DataTable
      caption={words.what}
      columns={columns}
      rows={entries}
      rowKey={one => `${one.at} ${one.act} ${one.athlete_id} ${one.things}`}
    />
  );
}

/** In words where there are some; else as the API calls it, so that nothing is left out. */
function wordFor(words: Readonly<Record<string, string>>, name: string): string {
  return words[name] ?? name.replaceAll('_', ' ');
}

function useColumns(): Column<ClubEntry>[] {
  const words = useWords(auditWords);
  const { acts } = useWords(privacyWords).looked;
  const roles = useWords(roleWords);
  const { moment } = useFormats();
  return [
    { name: words.column.at, show: one => moment(one.at), className: 'whitespace-nowrap' },
    {
      name: words.column.who,
      isHead: true,
      show: ({ name, role }) => (
        <>
          {name ?? words.gone}
          {role !== null && (
            <span className="block text-xs font-normal text-ink-soft">{wordFor(roles, role)}</span>
          )}
        </>
      ),
    },
    { name: words.column.act, show: one => wordFor(acts, one.act) },
    { name: words.column.athlete, show: one => one.athlete ?? '–' },
    {
      name: words.column.things,
      show: one => <span className="text-sm break-all text-ink-soft">{one.things}</span>,
      className: 'min-w-48',
    },
  ];
}
