import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { athletesQuery } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { Refusal } from '@/components/ui/refusal';
import { SelectField } from '@/components/ui/select-field';
import { useWords } from '@/words/catalogue';
import { competitionWords } from '@/words/competitions';
import type { Competitor } from './competitions';
import { sayWhoItIs } from './competitions';
import { choicesFor, nameOf } from './people';

interface MatchDialogProps {
  competitionId: string;
  competitor: Competitor;
  bib: string | undefined;
  onClose: () => void;
}

/** A person says which athlete somebody of a result list is. */
export function MatchDialog({ competitionId, competitor, bib, onClose }: MatchDialogProps) {
  const words = useWords(competitionWords);
  const queryClient = useQueryClient();
  const athletes = useQuery(athletesQuery(undefined));
  const [chosen, setChosen] = useState(competitor.athlete_id ?? competitor.candidates[0] ?? '');
  const saying = useMutation({
    mutationFn: () => sayWhoItIs(competitionId, competitor.id, chosen === '' ? null : chosen),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['competitions'] });
      onClose();
    },
  });
  const facts = [
    bib !== undefined && words.bibIs(bib),
    competitor.club !== '' && competitor.club,
    competitor.birth !== null && words.born(competitor.birth),
  ];
  return (
    <Dialog
      title={words.isOurs(nameOf(competitor, words.nameGone))}
      onClose={onClose}
      actions={
        <>
          <Refusal error={saying.error} />
          <Button look="solid" aria-disabled={saying.isPending} onClick={() => saying.mutate()}>
            {words.save}
          </Button>
        </>
      }
    >
      <p className="mb-3 text-ink-soft">{facts.filter(fact => fact !== false).join(' · ')}</p>
      <Loaded query={athletes} what={words.column.ours}>
        {known => (
          <SelectField
            label={words.column.ours}
            value={chosen}
            options={[
              { value: '', label: words.nobody },
              ...choicesFor(competitor, known).map(({ id, name, number }) => ({
                value: id,
                label: [number, name, competitor.candidates.includes(id) && `(${words.mayBe})`]
                  .filter(part => part !== null && part !== false)
                  .join(' '),
              })),
            ]}
            onChange={event => setChosen(event.target.value)}
          />
        )}
      </Loaded>
    </Dialog>
  );
}
