/** What people of the club read and changed. */
import { infiniteQueryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { components } from '@/api/schema';

export type ClubEntry = components['schemas']['ClubEntry'];

const PAGE = 50;
const DAY_MS = 24 * 3_600_000;

export type What = 'all' | 'read' | 'changed';

/** Which entries are meant; an empty text is no filter. Days are local ones, the last included. */
export interface Filters {
  account: string;
  athlete: string;
  what: What;
  from: string;
  to: string;
}

export const NO_FILTERS: Filters = { account: '', athlete: '', what: 'all', from: '', to: '' };

export function auditQuery(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: ['audit', 'of-club', filters],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/api/v1/audit', {
          params: {
            query: { ...asked(filters), limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
  });
}

/** The filters as the API names them. */
export function asked({ account, athlete, what, from, to }: Filters) {
  return {
    ...(account === '' ? {} : { account }),
    ...(athlete === '' ? {} : { athlete }),
    ...(what === 'all' ? {} : { what }),
    ...(from === '' ? {} : { from: new Date(`${from}T00:00`).toISOString() }),
    ...(to === '' ? {} : { to: new Date(Date.parse(`${to}T00:00`) + DAY_MS).toISOString() }),
  };
}
