/** Lists that the hub hands out in parts. */

interface Part<Item> {
  items: Item[];
  next?: string | null;
}

/** Of a part, in the hub's own measure: the most that it hands out at once. */
const LIMIT = 500;

/** What to ask a part by. */
export interface PartAsked {
  limit: number;
  cursor?: string;
}

/** Every part of a list, one after the other. */
export async function wholeList<Item>(ask: (part: PartAsked) => Promise<Part<Item>>): Promise<Item[]> {
  const found: Item[] = [];
  let asked: PartAsked | null = { limit: LIMIT };
  while (asked !== null) {
    // oxlint-disable-next-line no-await-in-loop -- where a part begins is told by the part before
    const part: Part<Item> = await ask(asked);
    found.push(...part.items);
    asked = typeof part.next === 'string' ? { limit: LIMIT, cursor: part.next } : null;
  }
  return found;
}
