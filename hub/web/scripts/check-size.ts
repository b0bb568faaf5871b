/** What the first paint of the wall downloads, against its budget: `node scripts/check-size.ts FOLDER_OF_A_BUILD`. */
import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** On a tablet over the pitch's mobile network (1 Mbit/s) 130 kB are one second. */
const WALL_BUDGET_KB = 130;
/** Two seconds there, for the heaviest single screen. */
const ANY_SCREEN_BUDGET_KB = 200;

const dist = new URL(`${process.argv[2] ?? 'dist'}/`, `file://${process.cwd()}/`);

function gzippedKb(path: string): number {
  return gzipSync(readFileSync(new URL(path, dist))).length / 1000;
}

const page = readFileSync(new URL('index.html', dist), 'utf8');
const first = [...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(match => match[1] ?? '');
const all = readdirSync(new URL('assets/', dist)).filter(name => name.endsWith('.js'));
const wallKb = first.reduce((sum, path) => sum + gzippedKb(path), 0);
const heaviestKb =
  wallKb +
  Math.max(
    ...all
      .map(name => `assets/${name}`)
      .filter(path => !first.includes(path))
      .map(gzippedKb),
  );
const report = {
  wall_first_paint_kb: Math.round(wallKb * 10) / 10,
  wall_budget_kb: WALL_BUDGET_KB,
  heaviest_screen_kb: Math.round(heaviestKb * 10) / 10,
  any_screen_budget_kb: ANY_SCREEN_BUDGET_KB,
};
console.log(JSON.stringify(report));
process.exitCode = wallKb <= WALL_BUDGET_KB && heaviestKb <= ANY_SCREEN_BUDGET_KB ? 0 : 1;
