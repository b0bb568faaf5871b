/** The life of the live stream as a table: state, event, next state. A pair that is not in it changes nothing. */

export type StreamState = 'closed' | 'connecting' | 'open' | 'waiting';
export type StreamHappening = 'started' | 'opened' | 'failed' | 'dismissed' | 'due' | 'woken' | 'stopped';

export const STREAM_TABLE: Record<StreamState, Partial<Record<StreamHappening, StreamState>>> = {
  closed: { started: 'connecting' },
  connecting: {
    opened: 'open',
    failed: 'waiting',
    dismissed: 'waiting',
    woken: 'connecting',
    stopped: 'closed',
  },
  open: { failed: 'waiting', dismissed: 'waiting', woken: 'connecting', stopped: 'closed' },
  waiting: { due: 'connecting', woken: 'connecting', stopped: 'closed' },
};

export function nextStreamState(state: StreamState, happening: StreamHappening): StreamState {
  return STREAM_TABLE[state][happening] ?? state;
}
