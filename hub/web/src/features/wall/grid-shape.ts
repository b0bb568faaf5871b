/** How many columns let all tiles be seen at once, as large as possible. */

/** Below these a 32 px number, its zone and its trend no longer fit: then the wall scrolls. */
const MIN_TILE_WIDTH_PX = 148;
const MIN_TILE_HEIGHT_PX = 112;
/** A tile is best half again as wide as high: the number stands left, the zone right. */
const BEST_ASPECT = 1.5;
/** Two tiles side by side on any phone. */
const SCROLLING_TILE_WIDTH_PX = 176;

export interface GridShape {
  columns: number;
  scrolls: boolean;
}

export function gridShape(count: number, widthPx: number, heightPx: number): GridShape {
  let best: GridShape | null = null;
  let bestSize = 0;
  for (let columns = 1; columns <= count; columns += 1) {
    const width = widthPx / columns;
    const height = heightPx / Math.ceil(count / columns);
    const size = Math.min(width / BEST_ASPECT, height);
    if (width < MIN_TILE_WIDTH_PX || height < MIN_TILE_HEIGHT_PX || size <= bestSize) continue;
    best = { columns, scrolls: false };
    bestSize = size;
  }
  return best ?? { columns: Math.max(2, Math.floor(widthPx / SCROLLING_TILE_WIDTH_PX)), scrolls: true };
}
