/** Draws the last minute of one athlete on a canvas. Pure but for the canvas: no clock, no colours of its own. */
import type { History } from '@/live/history';

export const TREND_SPAN_MS = 60_000;
/** A flat minute shall look flat: the axis never spans less than this many beats. */
const MIN_SPAN = 24;
const MARGIN_PX = 4;

export interface TrendLook {
  width: number;
  height: number;
  pixelRatio: number;
  colour: string;
  /** A dot at the newest value says that the line still grows. */
  withDot: boolean;
  /** Values further apart than this are not joined: a gap stays a gap. */
  gapMs: number;
}

export function drawTrend(
  canvas: CanvasRenderingContext2D,
  history: History,
  nowMs: number,
  look: TrendLook,
): void {
  canvas.setTransform(look.pixelRatio, 0, 0, look.pixelRatio, 0, 0);
  canvas.clearRect(0, 0, look.width, look.height);
  const first = history.firstFrom(nowMs - TREND_SPAN_MS);
  if (first >= history.length) return;
  const [low, high] = spanOf(history, first);
  const x = (timeMs: number) =>
    look.width - MARGIN_PX - ((nowMs - timeMs) / TREND_SPAN_MS) * (look.width - MARGIN_PX);
  const y = (value: number) => MARGIN_PX + ((high - value) / (high - low)) * (look.height - 2 * MARGIN_PX);
  canvas.strokeStyle = look.colour;
  canvas.lineWidth = 2;
  canvas.lineJoin = 'round';
  canvas.lineCap = 'round';
  canvas.beginPath();
  trace(canvas, history, first, look.gapMs, x, y);
  canvas.stroke();
  if (look.withDot) dot(canvas, x(history.newestTime), y(history.value(history.length - 1)), look.colour);
}

function trace(
  canvas: CanvasRenderingContext2D,
  history: History,
  first: number,
  gapMs: number,
  x: (timeMs: number) => number,
  y: (value: number) => number,
): void {
  let before = -Infinity;
  for (let index = first; index < history.length; index += 1) {
    const value = history.value(index);
    if (Number.isNaN(value)) {
      before = -Infinity;
      continue;
    }
    const time = history.time(index);
    if (time - before > gapMs) canvas.moveTo(x(time), y(value));
    canvas.lineTo(x(time), y(value));
    before = time;
  }
}

function spanOf(history: History, first: number): [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (let index = first; index < history.length; index += 1) {
    const value = history.value(index);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const missing = Math.max(0, MIN_SPAN - (high - low)) / 2;
  return [low - missing, high + missing];
}

function dot(canvas: CanvasRenderingContext2D, x: number, y: number, colour: string): void {
  if (Number.isNaN(y)) return;
  canvas.fillStyle = colour;
  canvas.beginPath();
  canvas.arc(x, y, 3, 0, 2 * Math.PI);
  canvas.fill();
}
