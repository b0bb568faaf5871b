import type { GatewayNews } from '@/live/events';
import { ageWords } from '@/live/times';
import { useHubNow } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { gatewayWords } from '@/words/gateways';

/** Each gateway as its last beat told it. */
export function GatewayList({ gateways }: { gateways: readonly GatewayNews[] }) {
  const words = useWords(gatewayWords);
  return (
    <>
      <h2 className="mb-2 font-semibold">{words.title}</h2>
      <ul className="flex flex-col gap-3">
        {gateways.map(gateway => (
          <Gateway key={gateway.name} gateway={gateway} />
        ))}
      </ul>
    </>
  );
}

function Gateway({ gateway }: { gateway: GatewayNews }) {
  const words = useWords(gatewayWords);
  const nowMs = useHubNow();
  const waiting = gateway.buffer?.waiting_records ?? 0;
  const facts = [
    words.sensors(gateway.sensors.length),
    gateway.heard_at !== null && words.heard(ageWords(nowMs - Date.parse(gateway.heard_at))),
    waiting > 0 && words.waiting(waiting),
  ];
  return (
    <li className="text-sm">
      <p className="flex justify-between gap-2">
        <span>
          <b>{gateway.site}</b> <span className="text-ink-soft">{gateway.name}</span>
        </span>
        <span className={gateway.state === 'ok' ? 'text-good' : 'text-late'}>
          {words.state[gateway.state]}
        </span>
      </p>
      <p className="text-ink-soft tabular-nums">{facts.filter(Boolean).join(', ')}</p>
      {gateway.faults.map(fault => (
        <p key={fault} className="mt-1">
          {fault}
        </p>
      ))}
    </li>
  );
}
