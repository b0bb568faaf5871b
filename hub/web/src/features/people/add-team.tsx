import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { teamsQuery } from '@/api/queries';
import { ActForm } from '@/components/ui/act-form';
import { Dialog } from '@/components/ui/dialog';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { peopleWords } from '@/words/people';
import { addTeam } from './people';

export function AddTeam({ onClose }: { onClose: () => void }) {
  const words = useWords(peopleWords);
  const common = useWords(commonWords);
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const adding = useMutation({
    mutationFn: () => addTeam(name.trim()),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: teamsQuery.queryKey });
      onClose();
    },
  });
  return (
    <Dialog title={words.addTeam} onClose={onClose}>
      <ActForm act={adding} does={common.add}>
        <TextField
          label={words.teamName}
          value={name}
          onChange={event => setName(event.target.value)}
          required
          maxLength={120}
          autoComplete="off"
        />
      </ActForm>
    </Dialog>
  );
}
