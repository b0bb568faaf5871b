/**
 * What a wall of thirty tiles costs: the share of one core that the page's main thread works, by Chromium's own count
 * (TaskDuration of the DevTools protocol). Run `npm run build` first. Prints JSON; exits with 1 over the budget.
 */
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
  const share = (after.busyS - before.busyS) / (after.atS - before.atS);
  results.push({
    values_per_second: valuesPerSecond,
    core_share: Math.round(share * 1000) / 1000,
    limit,
    met: share <= limit,
    script_share: Math.round(((after.scriptS - before.scriptS) / (after.atS - before.atS)) * 1000) / 1000,
    heap_mb: Math.round(after.heapBytes / 1e5) / 10,
  });
}
await browser.close();
server.close();
console.log(JSON.stringify({ tiles: 30, viewport: '1920x1080', runs: results }, null, 2));
process.exitCode = results.every(result => result.met) ? 0 : 1;

async function counters(session: CDPSession) {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string) => metrics.find(metric => metric.name === name)?.value ?? NaN;
  return {
    atS: of('Timestamp'),
    busyS: of('TaskDuration'),
    scriptS: of('ScriptDuration'),
    heapBytes: of('JSHeapUsedSize'),
  };
}
