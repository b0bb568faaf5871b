import { useId } from 'react';
import { Button } from '@/components/ui/button';
import { GatewayIcon } from '@/components/ui/icons';
import type { GatewayNews } from '@/live/events';
import { ageWords } from '@/live/times';
import { useGateways, useHubNow } from '@/live/use-live';

const WORDS: Record<GatewayNews['state'], string> = {
  ok: 'well',
  degraded: 'degraded',
  failed: 'failed',
  silent: 'silent',
  never: 'never heard',
};

/** How many gateways are well; which ones and what ails the others, at a tap. Athletes are told of none. */
export function Gateways() {
  const gateways = useGateways();
  const id = useId();
  if (gateways.length === 0) return null;
  const well = gateways.filter(gateway => gateway.state === 'ok').length;
  const look = well === gateways.length ? 'text-ink-soft' : 'text-late border-late';
  return (
    <>
      <Button look="quiet" className={`px-2 text-sm ${look}`} popoverTarget={id}>
        <GatewayIcon />
        <span className="sr-only">Gateways well:</span>
        <span className="tabular-nums">
          {well}/{gateways.length}
        </span>
      </Button>
      <div
        id={id}
        popover="auto"
        className="fixed inset-auto top-28 right-2 m-0 max-h-[70dvh] w-80 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-xl border border-line-strong bg-surface p-4 text-ink shadow-xl"
      >
        <h2 className="mb-2 font-semibold">Gateways</h2>
        <ul className="flex flex-col gap-3">
          {gateways.map(gateway => (
            <Gateway key={gateway.name} gateway={gateway} />
          ))}
        </ul>
      </div>
    </>
  );
}

function Gateway({ gateway }: { gateway: GatewayNews }) {
  const nowMs = useHubNow();
  const heard =
    gateway.heard_at === null ? '' : `, heard ${ageWords(nowMs - Date.parse(gateway.heard_at))} ago`;
  const waiting = gateway.buffer?.waiting_records ?? 0;
  return (
    <li className="text-sm">
      <p className="flex justify-between gap-2">
        <span>
          <b>{gateway.site}</b> <span className="text-ink-soft">{gateway.name}</span>
        </span>
        <span className={gateway.state === 'ok' ? 'text-good' : 'text-late'}>{WORDS[gateway.state]}</span>
      </p>
      <p className="text-ink-soft tabular-nums">
        {gateway.sensors.length} sensors{heard}
        {waiting > 0 && `, ${waiting} records waiting`}
      </p>
      {gateway.faults.map(fault => (
        <p key={fault} className="mt-1">
          {fault}
        </p>
      ))}
    </li>
  );
}
