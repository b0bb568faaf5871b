/** Lists that are shown whole. */

interface Part<Item> {
  items: Item[];
  next?: string | null;
}

/** More than this is no list that somebody reads. */
const MOST_PARTS = 20;
/** As many as the hub gives at once. */
export const PART = 500;

/** All parts of a list, one after the other. */
export async function allOf<Item>(read: (cursor: string | null) => Promise<Part<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  for (let part = 0; part < MOST_PARTS; part += 1) {
    // oxlint-disable-next-line no-await-in-loop -- a part names the one after it
    const { items: more, next = null } = await read(cursor);
    items.push(...more);
    if (next === null) break;
    cursor = next;
  }
  return items;
}

/** What asks for one part. */
export function partOf(cursor: string | null): { limit: number; cursor?: string } {
  return cursor === null ? { limit: PART } : { limit: PART, cursor };
}
