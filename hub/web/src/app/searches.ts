/** What an address says after its path: only what holds is believed. */
import type { RangeSearch } from '@/features/athlete/time-range';

/** A text of others in the address: the router reads one of digits as a number, which may have lost some. */
export function asWritten(search: Record<string, unknown>, name: string): string | undefined {
  if (typeof search[name] !== 'number') return textOf(search[name]);
  return new URLSearchParams(globalThis.location.search).get(name) ?? undefined;
}

export function rangeSearch(search: Record<string, unknown>): RangeSearch {
  return {
    range: textOf(search['range']),
    from: textOf(search['from']),
    to: textOf(search['to']),
  };
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Only a path of this app: an address elsewhere must not be reachable through our sign-in. */
export function isOwnPath(value: unknown): value is string {
  return (
    typeof value === 'string' && value.startsWith('/') && !value.startsWith('//') && !value.startsWith('/\\')
  );
}
