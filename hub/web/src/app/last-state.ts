/**
 * What this device read last, kept beside the cache of queries: while the hub cannot be reached it is shown with its age,
 * after a reload, too.
 *
 * These are health data, so they stay no longer than they must. At the first answer of the hub after a reload or a break all
 * that was kept before goes, since somebody may have been erased or have withdrawn meanwhile; what is read from then on is
 * kept anew. What the hub refuses goes at once, and everything with the sign-out.
 */
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { clear, createStore, del, get, set } from 'idb-keyval';
import { Problem } from '@/api/problem';

/** Of a query, what is read and set here. */
export interface AskedQuery {
  readonly queryKey: QueryKey;
  readonly queryHash: string;
  readonly state: { readonly data: unknown; readonly dataUpdatedAt: number };
  setState(state: { data: unknown; dataUpdatedAt?: number }): void;
}

interface Kept {
  data: unknown;
  readAtMs: number;
}

/** Codes, secrets and ways in: of no use without the hub. */
const NOT_KEPT: ReadonlySet<unknown> = new Set([
  'security',
  'new-authenticator',
  'ways-in',
  'provider-answer',
  'invitation',
]);

/** The hub answers these for what is not there, or no longer this person's to see. */
const REFUSALS: ReadonlySet<number> = new Set([403, 404]);

const opened: { store?: ReturnType<typeof createStore> } = {};
let hasContact = false;
let hadBreak = false;
let turn: Promise<unknown> = Promise.resolve();

/** The hub answered this query, or refused it. */
export function onAnswer(client: QueryClient, query: AskedQuery, error: unknown): void {
  if (!hasContact) renew(client);
  if (error === null) keep(query);
  else if (error instanceof Problem && REFUSALS.has(error.status)) drop(query);
}

/** The hub could not be reached: what was read before stands in, and still counts as not read anew. */
export async function onSilence(query: AskedQuery): Promise<void> {
  hadBreak ||= hasContact;
  hasContact = false;
  if (query.state.data !== undefined) return;
  const kept = await inTurn(() => get<Kept>(query.queryHash, stored()));
  if (kept !== undefined && query.state.data === undefined)
    query.setState({ data: kept.data, dataUpdatedAt: kept.readAtMs });
}

/** Signed out, here or elsewhere: whoever comes next on this device finds nothing. */
export function forgetLastState(): Promise<unknown> {
  return inTurn(() => clear(stored()));
}

function renew(client: QueryClient): void {
  hasContact = true;
  void forgetLastState();
  if (!hadBreak) return;
  hadBreak = false;
  client.removeQueries({ type: 'inactive' });
  void client.invalidateQueries();
}

function keep(query: AskedQuery): void {
  if (NOT_KEPT.has(query.queryKey[0])) return;
  const kept: Kept = { data: query.state.data, readAtMs: query.state.dataUpdatedAt };
  void inTurn(() => set(query.queryHash, kept, stored()));
}

function drop(query: AskedQuery): void {
  query.setState({ data: undefined });
  void inTurn(() => del(query.queryHash, stored()));
}

function stored() {
  opened.store ??= createStore('sts-last-state', 'queries');
  return opened.store;
}

/** One after the other, as they were asked for. A browser whose storage is blocked or full keeps nothing, and works. */
function inTurn<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
  const done = turn.then(act).catch(() => undefined);
  turn = done;
  return done;
}
