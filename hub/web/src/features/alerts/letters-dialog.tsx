import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { textOf } from '@/components/ui/form-texts';
import { Loaded } from '@/components/ui/loaded';
import { Refusal } from '@/components/ui/refusal';
import { SelectField } from '@/components/ui/select-field';
import { TextField } from '@/components/ui/text-field';
import { ownTimeZone } from '@/formulas/loads';
import { useWords } from '@/words/catalogue';
import { alertWords } from '@/words/alerts';
import { commonWords } from '@/words/common';
import type { Letters, Rule } from './alerts';
import { lettersQuery, setLetters } from './alerts';

const TOLD = ['never', 'raised', 'escalated'] as const;

/** Whether this person gets a letter of what an alarm says, and when not. Programs are told by the club's webhooks. */
export function LettersDialog({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const words = useWords(alertWords);
  const query = useQuery(lettersQuery(rule.id));
  return (
    <Dialog title={words.letters.of(rule.rule.name)} onClose={onClose}>
      <Loaded query={query} what={words.letters.what}>
        {letters => <Form rule={rule} letters={letters} onClose={onClose} />}
      </Loaded>
    </Dialog>
  );
}

interface FormProps {
  rule: Rule;
  letters: Letters;
  onClose: () => void;
}

function Form({ rule, letters, onClose }: FormProps) {
  const words = useWords(alertWords).letters;
  const common = useWords(commonWords);
  const [told, setTold] = useState(letters.told);
  const save = useAct((said: Letters) => setLetters(rule.id, said), lettersQuery(rule.id).queryKey);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const [from, to] = [textOf(fields, 'from'), textOf(fields, 'to')];
    save.mutate(
      {
        told,
        resolved: fields.has('resolved'),
        quiet_from: from || null,
        quiet_to: to || null,
        time_zone: ownTimeZone(),
      },
      { onSuccess: onClose },
    );
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <SelectField
        label={words.when}
        value={told}
        options={TOLD.map(value => ({ value, label: words.told[value] }))}
        onChange={event => setTold(TOLD.find(one => one === event.target.value) ?? told)}
      />
      <label className="flex min-h-11 items-center gap-3">
        <input
          type="checkbox"
          name="resolved"
          className="size-6 shrink-0 accent-(--accent)"
          defaultChecked={letters.resolved}
        />
        {words.resolved}
      </label>
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label={words.quietFrom}
          name="from"
          type="time"
          defaultValue={letters.quiet_from?.slice(0, 5) ?? ''}
        />
        <TextField
          label={words.quietTo}
          name="to"
          type="time"
          defaultValue={letters.quiet_to?.slice(0, 5) ?? ''}
        />
      </div>
      <p className="text-sm text-ink-soft">{words.hint}</p>
      <Refusal error={save.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{common.cancel}</Button>
        <Button type="submit" look="solid" disabled={save.isPending}>
          {common.save}
        </Button>
      </div>
    </form>
  );
}
