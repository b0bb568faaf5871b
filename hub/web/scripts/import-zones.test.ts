/** The import rules hold only if breaking one is noticed: each forbidden import is planted and must be named. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';

const FORBIDDEN = [
  ['a feature its neighbour', 'src/features/wall/planted-1.ts', '@/features/athlete/samples'],
  ['a feature its neighbour by a relative path', 'src/features/wall/planted-2.ts', '../athlete/samples'],
  ['a feature the app', 'src/features/wall/planted-3.ts', '@/app/router'],
  ['shared code a feature', 'src/live/planted-4.ts', '@/features/wall/wall'],
  ['shared code the app', 'src/components/ui/planted-5.ts', '@/app/router'],
] as const;
const ALLOWED = [
  ['a feature shared code', 'src/features/wall/planted-6.ts', '@/live/history'],
  ['a feature itself', 'src/features/wall/planted-7.ts', './grid-shape'],
] as const;

const planted = [...FORBIDDEN, ...ALLOWED].map(([, path]) => path);
let told: string;

/** What the linter says about all planted files; run once, since it reads the whole program for its types. */
function lint(): string {
  const linter = ['node_modules/oxlint/bin/oxlint', '--format=unix', ...planted];
  try {
    return execFileSync(process.execPath, linter).toString();
  } catch (error) {
    return String((error as { stdout: Buffer }).stdout);
  }
}

beforeAll(() => {
  for (const [, path, target] of [...FORBIDDEN, ...ALLOWED])
    writeFileSync(path, `export * from '${target}';\n`);
  told = lint();
}, 120_000);

afterAll(() => {
  for (const path of planted) rmSync(path, { force: true });
});

function named(path: string): boolean {
  return told.split('\n').some(line => line.includes(path) && line.includes('no-restricted-imports'));
}

it.each(FORBIDDEN)('the linter notices when %s imports', (_who, path) => {
  expect(named(path)).toBe(true);
});

it.each(ALLOWED)('the linter lets %s import', (_who, path) => {
  expect(named(path)).toBe(false);
});
