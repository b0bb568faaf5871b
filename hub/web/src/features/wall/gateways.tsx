import { Suspense, useId } from 'react';
import { Button } from '@/components/ui/button';
import { GatewayIcon } from '@/components/ui/first-icons';
import { later } from '@/components/ui/later';
import { useGateways } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { liveWords } from '@/words/live';

/** Comes after the tiles: the first paint of the wall does not wait for it. */
const GatewayList = later(async () => (await import('./gateway-list')).GatewayList);

/** How many gateways are well; which ones and what ails the others, at a tap. Athletes are told of none. */
export function Gateways() {
  const words = useWords(liveWords);
  const gateways = useGateways();
  const id = useId();
  if (gateways.length === 0) return null;
  const well = gateways.filter(gateway => gateway.state === 'ok').length;
  const look = well === gateways.length ? 'text-ink-soft' : 'text-late border-late';
  return (
    <>
      <Button look="quiet" className={`px-2 text-sm ${look}`} popoverTarget={id}>
        <GatewayIcon />
        <span className="sr-only">{words.gatewaysWell}</span>
        <span className="tabular-nums">
          {well}/{gateways.length}
        </span>
      </Button>
      <div
        id={id}
        popover="auto"
        className="fixed inset-auto top-28 right-2 m-0 max-h-[70dvh] w-80 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-xl border border-line-strong bg-surface p-4 text-ink shadow-xl"
      >
        <Suspense>
          <GatewayList gateways={gateways} />
        </Suspense>
      </div>
    </>
  );
}
