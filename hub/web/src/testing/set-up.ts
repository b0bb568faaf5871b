/** Before each test: an unused stub hub behind `fetch`, streams in the test's hand, and the parts happy-dom leaves out. */
import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { StubHub } from './stub';
import { FakeEventSource } from './fake-event-source.ts';

/** The same answers as in `npm run dev`; a test may sign in, take the hub away, change straps. */
export const hub = { current: new StubHub() };

export const server = setupServer(http.all('*/api/*', ({ request }) => hub.current.handle(request)));

/** Tells the size once, at once: nothing is laid out here. */
class OneLookResizeObserver implements ResizeObserver {
  readonly #told: ResizeObserverCallback;

  constructor(told: ResizeObserverCallback) {
    this.#told = told;
  }

  observe(target: Element): void {
    const contentRect = new DOMRect(0, 0, 1000, 800);
    const size = [{ inlineSize: 1000, blockSize: 800 }];
    const entry = {
      target,
      contentRect,
      borderBoxSize: size,
      contentBoxSize: size,
      devicePixelContentBoxSize: size,
    };
    queueMicrotask(() => this.#told([entry], this));
  }

  unobserve(): void {
    // nothing is kept
  }

  disconnect(): void {
    // nothing is kept
  }
}

/**
 * A screen is compiled when it is first opened: on a loaded machine that takes longer than the library's second, and
 * on one that many share longer than ten.
 */
const FIRST_SCREEN_MS = 30_000;

configure({ asyncUtilTimeout: FIRST_SCREEN_MS });
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
beforeEach(() => {
  hub.current = new StubHub();
  globalThis.EventSource = FakeEventSource as unknown as typeof EventSource;
  globalThis.ResizeObserver = OneLookResizeObserver;
  localStorage.clear();
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
  FakeEventSource.opened.length = 0;
});
afterAll(() => server.close());
