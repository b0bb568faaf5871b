import type { Plugin } from 'vite';
import { StubHub } from './stub-hub.ts';
import { handlerOf } from './stub-server.ts';

/** Lets `npm run dev` work with nothing else running. STS_HUB=http://127.0.0.1:8080 puts a real hub in its place. */
export function stubHub(): Plugin {
  return {
    name: 'stub-hub',
    configureServer(server) {
      const hub = new StubHub();
      hub.live.start();
      hub.alerts.raise(9);
      server.httpServer?.on('close', () => hub.live.stop());
      server.middlewares.use((request, response, next) => handlerOf(hub, () => next())(request, response));
    },
  };
}
