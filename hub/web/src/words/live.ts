import { catalogue } from './catalogue';

/** What a tile says and offers beside its numbers. */
export const liveWords = catalogue(
  { bench: 'Bench', unavailable: 'Out', swap: (name: string) => `Swap the strap of ${name}` },
  { pt: { bench: 'Banco', unavailable: 'Fora', swap: name => `Trocar a cinta de ${name}` } },
);
