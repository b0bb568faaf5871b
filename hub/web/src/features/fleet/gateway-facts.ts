import type { Gateway } from './fleet';

/** How full a gateway's buffer is, %; null: not told. */
export function bufferPercent({ buffer }: Gateway): number | null {
  if (buffer === null || buffer.cap_bytes === 0) return null;
  return Math.floor((100 * buffer.used_bytes) / buffer.cap_bytes);
}

/** The version of the agent. */
export function versionOf({ versions }: Gateway): string | null {
  return versions['sts-edge'] ?? null;
}

interface ClockWords {
  none: string;
  off: (error: string) => string;
  sources: Readonly<Record<string, string>>;
}

/** "± 3.1 ms, NTP". */
export function clockWords(
  { clock }: Gateway,
  words: ClockWords,
  number: (value: number, digits?: number) => string,
): string {
  if (clock === null) return words.none;
  const errorMs = clock.error_us / 1000;
  return `${words.off(number(errorMs, errorMs < 100 ? 1 : 0))}, ${words.sources[clock.source]}`;
}

export function megabytes(bytes: number): number {
  return bytes / 1e6;
}
