import type { FormEvent } from 'react';
import { teamsQuery } from '@/api/queries';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { textOf } from '@/components/ui/form-texts';
import { Refusal } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { firstStepsWords } from '@/words/first-steps';
import { addTeam } from './steps';

export function TeamStep() {
  const words = useWords(firstStepsWords);
  const add = useAct(addTeam, teamsQuery.queryKey);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    add.mutate(textOf(new FormData(event.currentTarget), 'name'));
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
      <TextField
        label={words.teamName}
        name="name"
        required
        maxLength={120}
        autoComplete="off"
        className="min-w-0 flex-1"
      />
      <Button type="submit" look="solid" disabled={add.isPending}>
        {words.addTeam}
      </Button>
      <Refusal error={add.error} />
    </form>
  );
}
