import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { ownTimeZone } from '@/formulas/loads';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { competitionWords } from '@/words/competitions';
import { addCompetition, competitionsQuery } from './competitions';

interface AddCompetitionProps {
  onClose: () => void;
  onAdded: (competitionId: string) => void;
}

/** A competition by hand, for files that do not name theirs. */
export function AddCompetition({ onClose, onAdded }: AddCompetitionProps) {
  const words = useWords(competitionWords);
  const common = useWords(commonWords);
  const queryClient = useQueryClient();
  const [told, setTold] = useState({ name: '', city: '', first_day: '', last_day: '', zone: ownTimeZone() });
  const adding = useMutation({
    mutationFn: () =>
      addCompetition({
        ...told,
        nation: '',
        first_day: told.first_day || null,
        last_day: told.last_day || null,
      }),
    onSuccess: async added => {
      await queryClient.invalidateQueries(competitionsQuery);
      onAdded(added.id);
    },
  });
  const field = (name: keyof typeof told) => ({
    value: told[name],
    onChange: (event: { target: { value: string } }) => setTold({ ...told, [name]: event.target.value }),
  });
  return (
    <Dialog
      title={words.add}
      onClose={onClose}
      actions={
        <Button
          look="solid"
          disabled={told.name.trim() === ''}
          aria-disabled={adding.isPending}
          onClick={() => adding.mutate()}
        >
          {common.add}
        </Button>
      }
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label={words.field.name} className="sm:col-span-2" {...field('name')} />
        <TextField label={words.field.firstDay} type="date" {...field('first_day')} />
        <TextField label={words.field.lastDay} type="date" {...field('last_day')} />
        <TextField label={words.field.city} {...field('city')} />
        <TextField label={words.field.zone} {...field('zone')} />
      </div>
      <Refusal error={adding.error} />
    </Dialog>
  );
}
