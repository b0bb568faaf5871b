/** What the chart library does not draw by itself: zone bands behind the line, quality marks below it. */
import type uPlot from 'uplot';
import type { Mark } from './chart-columns';
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

export function drawBands(chart: uPlot, bands: readonly Band[], ink: string): void {
  const { ctx } = chart;
  const { left, top, width, height } = chart.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  for (const band of bands) drawBand(chart, band, ink);
  ctx.restore();
}

function drawBand(chart: uPlot, band: Band, ink: string): void {
  const { ctx } = chart;
  const { left, width } = chart.bbox;
  const y1 = chart.valToPos(band.high, 'y', true);
  const y2 = chart.valToPos(band.low, 'y', true);
  ctx.globalAlpha = BAND_ALPHA;
  ctx.fillStyle = band.colour;
  ctx.fillRect(left, y1, width, y2 - y1);
  ctx.globalAlpha = 1;
  ctx.fillRect(left + width - 5 * devicePixelRatio, y1, 5 * devicePixelRatio, y2 - y1);
  ctx.fillStyle = ink;
  ctx.font = `600 ${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  ctx.fillText(band.label, left + width - 10 * devicePixelRatio, (y1 + y2) / 2);
}

/** Filled for values that are shown with a reservation, hollow for those that are not shown at all. */
export function drawMarks(
  chart: uPlot,
  marks: readonly Mark[],
  colours: { kept: string; dropped: string },
): void {
  const { ctx } = chart;
  const { left, top, width, height } = chart.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  for (const mark of marks) {
    const x = chart.valToPos(mark.fromMs, 'x', true);
    const markWidth = Math.max(
      MARK_MIN_WIDTH_PX * devicePixelRatio,
      chart.valToPos(mark.toMs, 'x', true) - x,
    );
    const y = top + height - (MARK_HEIGHT_PX + 2) * devicePixelRatio;
    const kept = isCredible(mark.quality);
    ctx.fillStyle = kept ? colours.kept : 'transparent';
    ctx.strokeStyle = kept ? colours.kept : colours.dropped;
    ctx.beginPath();
    ctx.rect(x, y, markWidth, MARK_HEIGHT_PX * devicePixelRatio);
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}
