import type { Gateway } from './fleet';

export type GatewayLook = Gateway['state'] | 'late';

/** One beat and a half: what is older was missed, though the hub calls nobody silent yet. */
const LATE_AFTER_MS = 15_000;

/** How a gateway is, by what it said and when. */
export function lookOf({ state, heard_at }: Gateway, nowMs: number): GatewayLook {
  if (state === 'silent' || state === 'never' || heard_at === null) return state;
  return nowMs - Date.parse(heard_at) > LATE_AFTER_MS ? 'late' : state;
}

/** What comes first where somebody must act. */
export function urgency(look: GatewayLook): number {
  return ORDER.indexOf(look);
}

const ORDER: readonly GatewayLook[] = ['failed', 'silent', 'degraded', 'late', 'never', 'ok'];
