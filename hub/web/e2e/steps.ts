/** The steps of a journey through a running system: each is timed and told, and the first that fails ends it. */
import type { Page } from 'playwright-core';
import { accessibilityFaults } from './checks.ts';

export type Detail = Record<string, unknown>;

interface Step extends Detail {
  step: string;
  ok: boolean;
  ms: number;
}

const screenshots = process.env['SCREENSHOTS'];
const steps: Step[] = [];

export async function step(name: string, act: () => Promise<Detail | void>): Promise<void> {
  const began = performance.now();
  const done = (ok: boolean, detail: Detail) => {
    steps.push({ step: name, ok, ms: Math.round(performance.now() - began), ...detail });
  };
  try {
    done(true, (await act()) ?? {});
  } catch (error) {
    done(false, { error: String(error) });
    throw error;
  }
}

/** A whole journey, step by step; the browser is closed whatever happens, and what was done is told. */
export async function walk(
  page: Page,
  name: string,
  journey: readonly (readonly [string, () => Promise<Detail | void>])[],
): Promise<void> {
  try {
    for (const [what, act] of journey) await step(what, act);
  } catch (error) {
    await picture(page, `${name}-failed`);
    console.error(error instanceof Error ? error.message : error);
  } finally {
    await page.context().browser()?.close();
  }
  tellSteps();
}

/** Prints what was done as JSON; the process ends with 1 when a step failed. */
export function tellSteps(): void {
  const passed = steps.length > 0 && steps.every(({ ok }) => ok);
  console.log(JSON.stringify({ passed, steps }, null, 2));
  process.exitCode = passed ? 0 : 1;
}

export function must(held: boolean, told: unknown): void {
  if (!held) throw new Error(typeof told === 'string' ? told : JSON.stringify(told));
}

export async function accessible(page: Page): Promise<void> {
  const faults = await accessibilityFaults(page);
  must(faults.length === 0, faults);
}

export async function picture(page: Page, name: string): Promise<void> {
  if (screenshots !== undefined) await page.screenshot({ path: `${screenshots}/${name}.png` });
}

export async function enter(page: Page, email: string, secret: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

export function demanded(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new Error(`${name} is not set. The head of this journey says what it needs.`);
}
