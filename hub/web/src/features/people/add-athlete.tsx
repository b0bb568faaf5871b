import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Team } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { SelectField } from '@/components/ui/select-field';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { peopleWords } from '@/words/people';
import { addAthlete } from './people';

interface AddAthleteProps {
  teams: readonly Team[];
  teamId: string;
  onClose: () => void;
}

export function AddAthlete({ teams, teamId, onClose }: AddAthleteProps) {
  const words = useWords(peopleWords);
  const common = useWords(commonWords);
  const queryClient = useQueryClient();
  const [team, setTeam] = useState(teamId);
  const [name, setName] = useState('');
  const [number, setNumber] = useState('');
  const [born, setBorn] = useState('');
  const [contact, setContact] = useState('');
  const adding = useMutation({
    mutationFn: () =>
      addAthlete({
        team_id: team,
        name: name.trim(),
        number: number === '' ? null : Number(number),
        birth_date: born === '' ? null : born,
        contact: contact.trim() === '' ? null : contact.trim(),
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['athletes'] });
      onClose();
    },
  });
  return (
    <Dialog title={words.addAthlete} onClose={onClose}>
      <form
        className="grid gap-4 sm:grid-cols-2"
        onSubmit={event => {
          event.preventDefault();
          adding.mutate();
        }}
      >
        <TextField
          label={words.field.name}
          value={name}
          onChange={event => setName(event.target.value)}
          required
          maxLength={120}
          autoComplete="off"
        />
        <SelectField
          label={words.field.team}
          value={team}
          options={teams.map(one => ({ value: one.id, label: one.name }))}
          onChange={event => setTeam(event.target.value)}
        />
        <TextField
          label={words.field.number}
          type="number"
          min={0}
          max={999}
          value={number}
          onChange={event => setNumber(event.target.value)}
        />
        <TextField
          label={words.field.born}
          type="date"
          value={born}
          onChange={event => setBorn(event.target.value)}
        />
        <TextField
          label={words.field.contact}
          value={contact}
          onChange={event => setContact(event.target.value)}
          className="sm:col-span-2"
          autoComplete="off"
        />
        <div className="flex flex-wrap items-center justify-end gap-3 sm:col-span-2">
          <Refusal error={adding.error} />
          <Button look="solid" type="submit" aria-disabled={adding.isPending}>
            {common.add}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
