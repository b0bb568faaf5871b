/**
 * What is cropped, sticks out or lies over its neighbour on a screen, found by measuring boxes.
 *
 * What scrolls in a frame of its own may be wider than the frame; what ends in dots says so by itself; what a screen reader
 * alone reads is one pixel large.
 */
import type { Page } from 'playwright-core';

/** Each fault as "fault: place". */
export function boxFaults(page: Page): Promise<string[]> {
  // by the debugger, as text: what runs in the page knows nothing of this file
  const parts = [nameOf, isSeen, scrolls, sticksOut, isCropped, overEachOther, overlap, faultsOf];
  return page.evaluate<string[]>(`(() => { ${parts.map(String).join('\n')}; return faultsOf(document); })()`);
}

function faultsOf(page: Document): string[] {
  const root = page.documentElement;
  const seen = [...page.body.querySelectorAll('*')].filter(
    element => isSeen(element) && element.closest('svg, canvas, .sr-only') === null,
  );
  const wide =
    root.scrollWidth > root.clientWidth + 1
      ? [`the page is ${root.scrollWidth} px wide of ${root.clientWidth}`]
      : [];
  return [
    ...wide,
    ...seen.filter(sticksOut).map(element => `sticks out of the window: ${nameOf(element)}`),
    ...seen.filter(isCropped).map(element => `cropped: ${nameOf(element)}`),
    ...seen.flatMap(overEachOther),
  ];
}

function nameOf(element: Element): string {
  return `${element.tagName.toLowerCase()} "${(element.textContent ?? '').trim().slice(0, 40)}"`;
}

function isSeen(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width > 2 && height > 2 && element.checkVisibility({ checkVisibilityCSS: true });
}

function scrolls(element: Element | null): boolean {
  if (element === null || element === document.documentElement) return false;
  return ['auto', 'scroll'].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement);
}

function sticksOut(element: Element): boolean {
  const { left, right } = element.getBoundingClientRect();
  return (right > document.documentElement.clientWidth + 1.5 || left < -1.5) && !scrolls(element);
}

function isCropped(element: Element): boolean {
  // a field scrolls what is typed into it
  if (element instanceof HTMLInputElement) return false;
  const { overflowX, textOverflow } = getComputedStyle(element);
  const isCropping = overflowX === 'hidden' || overflowX === 'clip';
  return isCropping && textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 1.5;
}

/** Of what is laid out beside each other. What is placed over something else on purpose is not. */
function overEachOther(element: Element): string[] {
  if (!/flex|grid/.test(getComputedStyle(element).display)) return [];
  const inFlow = [...element.children].filter(
    child => isSeen(child) && /static|relative/.test(getComputedStyle(child).position),
  );
  return inFlow.flatMap((one, index) =>
    inFlow
      .slice(index + 1)
      .filter(other => overlap(one, other))
      .map(other => `over each other: ${nameOf(one)}, ${nameOf(other)}`),
  );
}

function overlap(one: Element, other: Element): boolean {
  const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return across > 1.5 && down > 1.5;
}
