/** Who is who among the people of a competition. */
import type { Athlete } from '@/api/queries';
import type { Competitor, Fact } from './competitions';

export function nameOf(competitor: Competitor, gone: string): string {
  return competitor.name ?? gone;
}

/** Those whom a person must tell apart. */
export function toTellApart(people: readonly Competitor[]): Competitor[] {
  return people.filter(one => one.matched === 'ambiguous');
}

/** The bib that somebody was seen with last, by the key of the person. */
export function bibsOf(facts: readonly Fact[]): Map<string, string> {
  const told = facts.filter(one => one.kind === 'entry' && one.competitor !== null);
  return new Map(
    told.flatMap(({ competitor, content }) =>
      competitor !== null && typeof content['bib'] === 'string' ? [[competitor, content['bib']]] : [],
    ),
  );
}

/** The athletes whom somebody may be, the likely ones first. */
export function choicesFor(competitor: Competitor, athletes: readonly Athlete[]): Athlete[] {
  const isLikely = (one: Athlete) => competitor.candidates.includes(one.id);
  return [...athletes.filter(one => isLikely(one)), ...athletes.filter(one => !isLikely(one))];
}
