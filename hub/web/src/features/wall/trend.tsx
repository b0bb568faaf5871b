import { useEffect, useRef } from 'react';
import { useLive } from '@/live/live-context';
import type { Live } from '@/live/live-context';
import { subscribeTheme } from '@/theme/theme';
import { drawTrend } from './trend-drawing';

/** Without news the line still slides to the left, once a second. */
const SLIDE_MS = 1_000;

/** The last minute as a line. A canvas that React never draws: 30 of these at 4/s are why. */
export function Trend({ athleteId, live }: { athleteId: string; live: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const connection = useLive();
  useEffect(() => {
    if (canvas.current === null) return undefined;
    return keepDrawing(canvas.current, connection, athleteId, live);
  }, [connection, athleteId, live]);
  return <canvas ref={canvas} className="h-full w-full text-trend" aria-hidden="true" />;
}

function keepDrawing(
  canvas: HTMLCanvasElement,
  { store }: Live,
  athleteId: string,
  live: boolean,
): () => void {
  const context = canvas.getContext('2d');
  if (context === null) return () => undefined;
  let colour = getComputedStyle(canvas).color;
  let drawnTimeMs = -Infinity;
  let drawnAtMs = -Infinity;

  const draw = () => {
    const history = store.history(athleteId);
    if (history === undefined || canvas.width === 0) return;
    drawnTimeMs = history.newestTime;
    drawnAtMs = store.clock.now();
    const pixelRatio = devicePixelRatio;
    const size = { width: canvas.width / pixelRatio, height: canvas.height / pixelRatio, pixelRatio };
    const gapMs = store.intervals().lateAfterMs ?? Infinity;
    drawTrend(context, history, drawnAtMs, { ...size, colour, withDot: live, gapMs });
  };
  const onPaint = () => {
    const news = store.history(athleteId)?.newestTime !== drawnTimeMs;
    if (news || store.clock.now() - drawnAtMs >= SLIDE_MS) draw();
  };
  const resize = new ResizeObserver(() => {
    canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
    canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
    draw();
  });
  resize.observe(canvas);
  const stopTheme = subscribeTheme(() => {
    colour = getComputedStyle(canvas).color;
    draw();
  });
  const stopPaint = store.subscribePaint(onPaint);
  return () => {
    resize.disconnect();
    stopTheme();
    stopPaint();
  };
}
