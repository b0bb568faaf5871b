/** What every screen of a journey is checked for. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  id: string;
  nodes: { target: unknown[] }[];
}

/** What axe finds wrong on this screen, as "rule: place". */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE); // by the debugger: the content policy lets no script in by a tag
  const violations = await page.evaluate(async rules => {
    const { axe } = globalThis as unknown as {
      axe: { run: (what: Document, how: object) => Promise<{ violations: Violation[] }> };
    };
    const { violations: found } = await axe.run(document, { runOnly: rules });
    return found.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ target }) => ({ target })) }));
  }, RULES);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${String(target[0])}`));
}

/** Listens for what should never be: errors of the page, refusals by the content policy. An expected 401 is none. */
export function collectPageErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', error => errors.push(error.message));
  page.on('console', message => {
    if (message.type() === 'error' && !message.text().includes('401')) errors.push(message.text());
  });
  return errors;
}

/** Whether everything is in sight at this size. */
export function fits(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const lists = [...document.querySelectorAll('ul[data-part=tiles]')].map(list => list.parentElement);
    const boxes = [document.documentElement, ...lists.filter(box => box !== null)];
    return boxes.every(box => box.scrollHeight <= box.clientHeight && box.scrollWidth <= box.clientWidth);
  });
}
