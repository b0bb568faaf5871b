import { useEffect, useState } from 'react';
import { sentenceOf } from '@/components/ui/refusal';
import { Button } from '@/components/ui/button';
import { useLive } from '@/live/live-context';
import { clockTime } from '@/live/times';
import { useHubNow } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { runningWords } from '@/words/running';
import type { Tap } from './taps';
import { UNDO_MS } from './taps';
import { useTaps } from './use-taps';

/** The last tap with its way back, what still waits for the hub, and what the hub refused. */
export function TapStrip({ sessionId }: { sessionId: string }) {
  const words = useWords(runningWords);
  const { taps, all, refused } = useTaps();
  const mine = all.filter(tap => tap.sessionId === sessionId && !tap.isUndone);
  const waiting = mine.filter(tap => tap.made === null && tap.isTried).length;
  const last = mine.at(-1);
  return (
    <div role="status" className="flex flex-col gap-1 empty:hidden">
      {last && <Undoable key={last.key} tap={last} onUndo={() => taps.undo(last.key)} />}
      {waiting > 0 && <Waiting count={waiting} />}
      {refused
        .filter(({ tap }) => tap.sessionId === sessionId)
        .map(one => (
          <p key={one.tap.key} className="flex flex-wrap items-center gap-2 text-lost">
            {words.refused(one.tap.said.name, sentenceOf(one.error))}
            <Button className="px-3" onClick={() => taps.dismiss(one)}>
              {words.dismiss}
            </Button>
          </p>
        ))}
    </div>
  );
}

/** A way of a tap that is told at once needs no words: only what waits longer is told. */
const PATIENCE_MS = 1_500;

function Waiting({ count }: { count: number }) {
  const words = useWords(runningWords);
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return isLong ? <p className="font-medium text-late">{words.waiting(count)}</p> : null;
}

function Undoable({ tap, onUndo }: { tap: Tap; onUndo: () => void }) {
  const words = useWords(runningWords);
  const { store } = useLive();
  const { taps } = useTaps();
  useHubNow(); // told anew each second
  const leftS = Math.ceil((Date.parse(tap.at) + UNDO_MS - store.clock.now()) / 1000);
  const isOver = leftS <= 0;
  useEffect(() => {
    if (isOver) taps.forget(tap.key);
  }, [isOver, taps, tap.key]);
  if (isOver) return null;
  return (
    <p className="flex flex-wrap items-center gap-3">
      {words.tapped[tap.said.what](tap.said.name, clockTime(Date.parse(tap.at)))}
      <Button className="px-3" onClick={onUndo}>
        {words.undo(Math.min(leftS, UNDO_MS / 1000))}
      </Button>
    </p>
  );
}
