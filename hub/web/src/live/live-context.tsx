import type { ReactNode } from 'react';
import { createContext, useContext, useEffect, useMemo } from 'react';
import { LiveStore, TICK_MS } from './store';
import { LiveStream } from './stream';

export interface Live {
  store: LiveStore;
  stream: LiveStream;
}

const LiveContext = createContext<Live | null>(null);

/** The one live connection of this tab, of one team or of all that the person may see. */
export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error('useLive stands only inside LiveProvider.');
  return live;
}

interface LiveProviderProps {
  teamId: string | undefined;
  /** The stream was refused or broke: ask whether we are still signed in. */
  onFailed: () => void;
  children: ReactNode;
}

export function LiveProvider({ teamId, onFailed, children }: LiveProviderProps) {
  const live = useMemo(() => connect(teamId, onFailed), [teamId, onFailed]);
  useEffect(() => run(live), [live]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

function connect(teamId: string | undefined, onFailed: () => void): Live {
  const store = new LiveStore();
  const url = teamId === undefined ? '/api/v1/live' : `/api/v1/live?team=${encodeURIComponent(teamId)}`;
  const stream = new LiveStream(url, {
    snapshot: event => store.applySnapshot(event),
    frame: event => store.applyFrame(event),
    fleet: event => store.applyFleet(event.gateways),
    gap: event => store.applyGap(event),
    alert: event => store.applyAlert(event),
    failed: onFailed,
  });
  return { store, stream };
}

function run({ store, stream }: Live): () => void {
  const wake = () => {
    if (document.visibilityState === 'visible') stream.wake();
  };
  const ticking = setInterval(() => store.tick(), TICK_MS);
  stream.start();
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);
  return () => {
    clearInterval(ticking);
    stream.stop();
    document.removeEventListener('visibilitychange', wake);
    window.removeEventListener('online', wake);
  };
}
