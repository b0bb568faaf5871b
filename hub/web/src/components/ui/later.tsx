import type { ComponentType } from 'react';
import { lazy } from 'react';

/** The internet at a pitch comes back after seconds or minutes: asked again after 1 s, then less and less often. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** A part that comes after the first paint. While its file cannot be had, what stands around it goes on without it. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => ({ default: await loaded(load, FIRST_PAUSE_MS) }));
}

async function loaded<Part>(load: () => Promise<Part>, pauseMs: number): Promise<Part> {
  try {
    return await load();
  } catch {
    await new Promise(resolve => setTimeout(resolve, pauseMs));
    return loaded(load, Math.min(2 * pauseMs, LONGEST_PAUSE_MS));
  }
}
