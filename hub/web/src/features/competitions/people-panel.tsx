import { Button } from '@/components/ui/button';
import { Panel, Row } from '@/components/ui/panel';
import { useWords } from '@/words/catalogue';
import { competitionWords } from '@/words/competitions';
import type { Competitor } from './competitions';
import { nameOf, toTellApart } from './people';

interface PeoplePanelProps {
  people: readonly Competitor[];
  bibs: ReadonlyMap<string, string>;
  onMatch: (competitor: Competitor) => void;
}

/** Those who may be ours: a person must say so. Nothing where nobody waits. */
export function PeoplePanel({ people, bibs, onMatch }: PeoplePanelProps) {
  const words = useWords(competitionWords);
  const waiting = toTellApart(people);
  if (waiting.length === 0) return null;
  return (
    <Panel title={words.whoIsWho} hint={words.whoIsWhoHint}>
      <ul>
        {waiting.map(one => {
          const bib = bibs.get(one.key);
          return (
            <Row
              key={one.id}
              name={nameOf(one, words.nameGone)}
              facts={[
                bib !== undefined && words.bibIs(bib),
                one.club,
                one.birth !== null && words.born(one.birth),
              ]}
              action={
                <Button aria-label={words.matchOf(nameOf(one, words.nameGone))} onClick={() => onMatch(one)}>
                  {words.match}
                </Button>
              }
            />
          );
        })}
      </ul>
    </Panel>
  );
}
