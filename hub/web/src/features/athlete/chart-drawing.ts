/** What the chart library does not draw by itself: zone bands behind the line, quality marks below it. */
import type uPlot from 'uplot';
import type { Mark } from './chart-columns';
import type { Quality } from '@/live/quality';
import { isCredible } from '@/live/quality';

export interface Band {
  low: number;
  high: number;
  label: string;
  colour: string;
}

const BAND_ALPHA = 0.2;
/** Height of the marks at the foot of the plot, and their least width: a single bad value must be seen. */
const MARK_HEIGHT_PX = 9;
const MARK_MIN_WIDTH_PX = 4;

/** Room right of the plot for the bands' names: on the plot the line would cross them. */
export const BAND_GUTTER_PX = 34;
const BAND_EDGE_PX = 5;

export function drawBands(chart: uPlot, bands: readonly Band[], ink: string): void {
  for (const band of bands) drawBand(chart, band, ink);
}

function drawBand(chart: uPlot, band: Band, ink: string): void {
  const { ctx } = chart;
  const { left, top, width, height } = chart.bbox;
  const within = (y: number) => Math.min(Math.max(y, top), top + height);
  const y1 = within(chart.valToPos(band.high, 'y', true));
  const y2 = within(chart.valToPos(band.low, 'y', true));
  const right = left + width;
  ctx.save();
  ctx.fillStyle = band.colour;
  ctx.fillRect(right, y1, BAND_EDGE_PX * devicePixelRatio, y2 - y1);
  ctx.globalAlpha = BAND_ALPHA;
  ctx.fillRect(left, y1, width, y2 - y1);
  ctx.fillStyle = ink;
  ctx.fillRect(left, y2, width, devicePixelRatio);
  ctx.globalAlpha = 1;
  ctx.font = `600 ${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(band.label, right + 2 * BAND_EDGE_PX * devicePixelRatio, (y1 + y2) / 2);
  ctx.restore();
}

export type MarkSign = 'filled' | 'hollow' | 'cross';

/** Filled: shown with a reservation. Not shown at all: hollow while off the skin, a cross for an impossible value. */
export function signOf(quality: Quality): MarkSign {
  if (isCredible(quality)) return 'filled';
  return quality === 'implausible' ? 'cross' : 'hollow';
}

export function drawMarks(
  chart: uPlot,
  marks: readonly Mark[],
  colours: { kept: string; dropped: string },
): void {
  const { ctx } = chart;
  const { left, top, width, height } = chart.bbox;
  const size = MARK_HEIGHT_PX * devicePixelRatio;
  const y = top + height - size - 2 * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  for (const mark of marks) {
    const sign = signOf(mark.quality);
    const x = chart.valToPos(mark.fromMs, 'x', true);
    const markWidth = Math.max(
      MARK_MIN_WIDTH_PX * devicePixelRatio,
      chart.valToPos(mark.toMs, 'x', true) - x,
    );
    ctx.fillStyle = ctx.strokeStyle = sign === 'filled' ? colours.kept : colours.dropped;
    ctx.beginPath();
    if (sign === 'cross') cross(ctx, x, y, size);
    else ctx.rect(x, y, markWidth, size);
    if (sign === 'filled') ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

function cross(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  ctx.moveTo(x - size / 2, y);
  ctx.lineTo(x + size / 2, y + size);
  ctx.moveTo(x + size / 2, y);
  ctx.lineTo(x - size / 2, y + size);
}
