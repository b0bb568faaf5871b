/**
 * From the strap's radio to the changed text: the simulator's truth log says when each value left a strap, the page
 * notes when each tile's number changed. Both run on one machine, so that their clocks can be compared.
 */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** A change seen later than this belongs to another value. */
const LATEST_MS = 3_000;

interface Seen {
  sensor: string;
  text: string;
  atMs: number;
}

interface Emitted {
  t_boot_us: number;
  strap: string;
  hr: number;
  delivered: boolean;
}

/** Notes every change of a number from now on. */
export async function watchNumbers(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: Seen[] = [];
    Object.assign(globalThis, { seenNumbers: seen });
    const note = (node: Node) => {
      const element = node instanceof Element ? node : node.parentElement;
      const part = element?.closest('[data-part=number]');
      const sensor = part?.closest<HTMLElement>('[data-sensor]')?.dataset['sensor'];
      if (part && sensor !== undefined) seen.push({ sensor, text: part.textContent, atMs: Date.now() });
    };
    new MutationObserver(changes => changes.forEach(change => note(change.target))).observe(document.body, {
      characterData: true,
      childList: true,
      subtree: true,
    });
  });
}

/** p50 and p95 of all values that changed a number while we watched, and how many were never seen as text. */
export async function latencies(page: Page, truthLog: string) {
  const seen = await page.evaluate(() => (globalThis as unknown as { seenNumbers: Seen[] }).seenNumbers);
  const bootMs = bootTimeMs();
  const firstMs = seen[0]?.atMs ?? Infinity;
  const lastMs = (seen.at(-1)?.atMs ?? 0) - LATEST_MS;
  const sent = changesIn(truthLog)
    .map(({ strap, hr, t_boot_us }) => ({ strap, text: String(hr), atMs: bootMs + t_boot_us / 1000 }))
    .filter(({ atMs }) => atMs >= firstMs && atMs <= lastMs);
  const found = sent
    .flatMap(value => {
      const shown = seen.find(
        change =>
          change.sensor === value.strap &&
          change.text === value.text &&
          change.atMs >= value.atMs &&
          change.atMs < value.atMs + LATEST_MS,
      );
      return shown === undefined ? [] : [shown.atMs - value.atMs];
    })
    .toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(found[Math.floor((found.length - 1) * share)] ?? NaN);
  return { values: found.length, not_seen: sent.length - found.length, p50_ms: at(0.5), p95_ms: at(0.95) };
}

/** The values that differ from the one before of the same strap: only those change a text. */
function changesIn(truthLog: string): Emitted[] {
  const before = new Map<string, number>();
  const lines = readFileSync(truthLog, 'utf8').trimEnd().split('\n');
  return lines.flatMap(line => {
    const emitted = parsed(line);
    if (emitted === null || !emitted.delivered || before.get(emitted.strap) === emitted.hr) return [];
    before.set(emitted.strap, emitted.hr);
    return [emitted];
  });
}

/** The log grows while we read: its last line may be half a line. */
function parsed(line: string): Emitted | null {
  try {
    return JSON.parse(line) as Emitted;
  } catch {
    return null;
  }
}

/** When this machine's boot clock read zero, by the wall clock. The kernel tells hundredths; we wait for one to turn. */
function bootTimeMs(): number {
  const before = uptimeMs();
  while (uptimeMs() === before);
  return Date.now() - uptimeMs();
}

function uptimeMs(): number {
  return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
}
