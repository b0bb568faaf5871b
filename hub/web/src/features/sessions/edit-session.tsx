import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from '@/api/problem';
import type { Tagged } from '@/api/client';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { startWords } from '@/words/start';
import type { EditedField, Fields } from './edit-fields';
import { EDITABLE, changeOf, editedOf, fieldsOf } from './edit-fields';
import { changeSession } from './planning';
import type { Session } from '@/api/sessions';
import { sessionQuery } from '@/api/sessions';

interface EditSessionProps {
  session: Tagged<Session>;
  onClose: () => void;
}

/** Name and borders of a session. Where two edit at once, the second sees both and chooses: nothing is lost silently. */
export function EditSession({ session, onClose }: EditSessionProps) {
  const words = useWords(startWords);
  const common = useWords(commonWords);
  const [before, setBefore] = useState(session);
  const [fields, setFields] = useState(() => fieldsOf(session));
  const [theirs, setTheirs] = useState<Tagged<Session> | null>(null);
  const edited = editedOf(fieldsOf(before), fields);
  const save = useSave(setTheirs, onClose);
  const takeTheirs = (current: Tagged<Session>) => {
    setBefore(current);
    setFields(fieldsOf(current));
    setTheirs(null);
    save.reset();
  };
  return (
    <Dialog
      title={words.editTitle}
      onClose={onClose}
      actions={
        theirs === null ? (
          <>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button
              look="solid"
              disabled={edited.length === 0 || save.isPending}
              onClick={() => save.mutate({ before, fields, edited })}
            >
              {save.isPending ? common.saving : common.save}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={() => takeTheirs(theirs)}>{words.keepTheirs}</Button>
            <Button look="solid" onClick={() => save.mutate({ before: theirs, fields, edited })}>
              {words.keepMine}
            </Button>
          </>
        )
      }
    >
      {theirs === null ? (
        <div className="flex flex-col gap-4">
          {EDITABLE[session.state].map(field => (
            <Field
              key={field}
              field={field}
              value={fields[field]}
              onChange={value => setFields({ ...fields, [field]: value })}
            />
          ))}
          <Refusal error={save.error} />
        </div>
      ) : (
        <Conflict theirs={fieldsOf(theirs)} mine={fields} edited={edited} />
      )}
    </Dialog>
  );
}

interface Edit {
  before: Tagged<Session>;
  fields: Fields;
  edited: readonly EditedField[];
}

/** Sends an edit; where the session was changed meanwhile, reads what is there now and shows both. */
function useSave(onConflict: (theirs: Tagged<Session>) => void, onSaved: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    networkMode: 'always',
    mutationFn: ({ before, fields, edited }: Edit) => changeSession(before, changeOf(fields, edited)),
    onSuccess: async session => {
      await queryClient.invalidateQueries({ queryKey: ['sessions'] });
      queryClient.setQueryData(sessionQuery(session.id).queryKey, session);
      onSaved();
    },
    onError: async (error, { before }) => {
      if (!(error instanceof Problem) || error.status !== 412) return;
      onConflict(await queryClient.fetchQuery({ ...sessionQuery(before.id), staleTime: 0 }));
    },
  });
}

interface FieldProps {
  field: EditedField;
  value: string;
  onChange: (value: string) => void;
}

function Field({ field, value, onChange }: FieldProps) {
  const words = useWords(startWords);
  return (
    <TextField
      label={words.field[field]}
      type={field === 'name' ? 'text' : 'datetime-local'}
      step={1}
      maxLength={80}
      value={value}
      onChange={event => onChange(event.target.value)}
    />
  );
}

function Conflict({
  theirs,
  mine,
  edited,
}: {
  theirs: Fields;
  mine: Fields;
  edited: readonly EditedField[];
}) {
  const words = useWords(startWords);
  const told = (text: string) => (text === '' ? words.empty : text.replace('T', ' '));
  return (
    <div role="alert" className="flex flex-col gap-3">
      <p className="font-medium text-late">{words.conflict}</p>
      <dl className="flex flex-col gap-3">
        {edited.map(field => (
          <div key={field}>
            <dt className="font-semibold">{words.field[field]}</dt>
            <dd className="tabular-nums">
              {words.theirs}: {told(theirs[field])}
            </dd>
            <dd className="tabular-nums">
              {words.yours}: {told(mine[field])}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
