import { catalogue } from './catalogue';

/** What a tile says of an athlete who is not in play. */
export const liveWords = catalogue(
  { bench: 'Bench', unavailable: 'Out' },
  { pt: { bench: 'Banco', unavailable: 'Fora' } },
);
