/**
 * What a wall of thirty tiles costs: the share of one core that the page's main thread works, by Chromium's own count
 * (TaskDuration of the DevTools protocol). Run `npm run build` first. Prints JSON; exits with 1 over the budget.
 *
 * TaskDuration is wall time: on a machine with more to do than it has cores it also counts waiting for one. Then, and only
 * then, the thread's CPU time decides; both are told.
 */
import { cpus, loadavg } from 'node:os';
import type { CDPSession } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { serveBuilt } from './stub-server.ts';

const WARM_UP_MS = 5_000;
const MEASURED_MS = 15_000;
const RUNS = [
  { valuesPerSecond: 1, limit: 0.1 },
  { valuesPerSecond: 4, limit: 0.2 },
] as const;

const server = await serveBuilt(new URL('../dist', import.meta.url).pathname);
const browser = await openBrowser();
const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
const devTools = await page.context().newCDPSession(page);
await devTools.send('Performance.enable');
await page.goto(server.url);
await page.locator('[data-state=live]').nth(29).waitFor();

const results = [];
for (const { valuesPerSecond, limit } of RUNS) {
  server.hub.live.valuesPerSecond = valuesPerSecond;
  await page.waitForTimeout(WARM_UP_MS);
  const before = await counters(devTools);
  await page.waitForTimeout(MEASURED_MS);
  const after = await counters(devTools);
  const share = shareOf('busyS', before, after);
  const cpuShare = shareOf('cpuS', before, after);
  const crowded = (loadavg()[0] ?? 0) > cpus().length;
  results.push({
    values_per_second: valuesPerSecond,
    core_share: share,
    cpu_time_share: cpuShare,
    limit,
    judged_by: crowded ? 'cpu_time_share, since the machine is crowded' : 'core_share',
    met: (crowded ? cpuShare : share) <= limit,
    script_share: shareOf('scriptS', before, after),
    heap_mb: Math.round(after.heapBytes / 1e5) / 10,
  });
}
await browser.close();
server.close();
console.log(
  JSON.stringify(
    { tiles: 30, load_average: loadavg()[0], cores: cpus().length, viewport: '1920x1080', runs: results },
    null,
    2,
  ),
);
process.exitCode = results.every(result => result.met) ? 0 : 1;

type Counters = Awaited<ReturnType<typeof counters>>;

function shareOf(name: 'busyS' | 'cpuS' | 'scriptS', before: Counters, after: Counters): number {
  return Math.round(((after[name] - before[name]) / (after.atS - before.atS)) * 1000) / 1000;
}

async function counters(session: CDPSession) {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string) => metrics.find(metric => metric.name === name)?.value ?? NaN;
  return {
    atS: of('Timestamp'),
    busyS: of('TaskDuration'),
    cpuS: of('ThreadTime'),
    scriptS: of('ScriptDuration'),
    heapBytes: of('JSHeapUsedSize'),
  };
}
