/** Times as people at the pitch say them: local, 24 h. */

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export function clockTime(ms: number): string {
  return CLOCK.format(ms);
}

/** "7 s", "3 min", "2 h 05 min". */
export function ageWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** For a datetime-local field: local time to the second, without a zone. */
export function toLocalField(ms: number): string {
  const zoneMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - zoneMs).toISOString().slice(0, 19);
}

/** A datetime-local field's moment; NaN while it is not filled in. */
export function fromLocalField(text: string): number {
  return new Date(text).getTime();
}
