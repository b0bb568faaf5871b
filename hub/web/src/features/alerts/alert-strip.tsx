import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Button } from '@/components/ui/button';
import { Refusal } from '@/components/ui/refusal';
import { ageWords } from '@/live/times';
import { useHubNow, useNewestAlert } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { alertWords } from '@/words/alerts';
import { giveSignals } from './alarm-signal';
import type { Alert } from './alerts';
import { acknowledge, alertsQuery, muteAlert } from './alerts';
import { ColourSign } from './colour-sign';

/** More than these would push the tiles away; the others are counted. */
const SHOWN = 2;

/** What alarms said and nobody has seen yet: one strip, the newest first. Nothing at all while there is none. */
export function AlertStrip({ teamId }: { teamId: string | undefined }) {
  const words = useWords(alertWords);
  useNews();
  const { data = [] } = useQuery(alertsQuery(teamId, true));
  const open = data.filter(({ muted }) => !muted);
  if (open.length === 0) return null;
  return (
    <section aria-label={words.strip} className="border-b-2 border-lost bg-lost-soft px-3 py-1 xl:px-4">
      <div role="log" aria-live="polite">
        <ul>
          {open.slice(0, SHOWN).map(alert => (
            <Entry key={alert.id} alert={alert} />
          ))}
        </ul>
      </div>
      {open.length > SHOWN && (
        <p className="py-1 text-right font-semibold">{words.more(open.length - SHOWN)}</p>
      )}
    </section>
  );
}

/** The live stream says that there is a new one, or that one is over; what it says is read with the others. */
function useNews(): void {
  const queryClient = useQueryClient();
  const newest = useNewestAlert();
  useEffect(() => {
    if (newest === null) return;
    void queryClient.invalidateQueries({ queryKey: ['alerts'] });
    if (!newest.resolved) giveSignals();
  }, [queryClient, newest]);
}

function Entry({ alert }: { alert: Alert }) {
  const words = useWords(alertWords);
  const nowMs = useHubNow();
  const queryClient = useQueryClient();
  const deal = useMutation({
    networkMode: 'always',
    mutationFn: (how: typeof acknowledge) => how(alert),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['alerts'] }),
  });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-0.5">
      <ColourSign colour={alert.colour} />
      <span className="min-w-0 flex-1 basis-56">
        <b>{words.colour[alert.colour]}:</b> {alert.text}{' '}
        <span className="whitespace-nowrap text-ink-soft tabular-nums">
          {words.age(ageWords(nowMs - Date.parse(alert.at)))}
          {alert.late && `, ${words.late}`}
        </span>
      </span>
      <Refusal error={deal.error} />
      <span className="ml-auto flex gap-2">
        <Button
          className="px-3"
          aria-label={words.acknowledgeOf(alert.text)}
          disabled={deal.isPending}
          onClick={() => deal.mutate(acknowledge)}
        >
          {words.acknowledge}
        </Button>
        <Button
          className="px-3"
          aria-label={words.muteOf(alert.text)}
          disabled={deal.isPending}
          onClick={() => deal.mutate(muteAlert)}
        >
          {words.mute}
        </Button>
      </span>
    </li>
  );
}
