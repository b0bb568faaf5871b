import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { Team } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { SelectField } from '@/components/ui/select-field';
import { TextArea } from '@/components/ui/text-area';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { peopleWords } from '@/words/people';
import type { Line, Preview } from './people';
import { previewRoster, storeRoster } from './people';

interface BringRosterProps {
  teams: readonly Team[];
  teamId: string;
  onClose: () => void;
  /** What became of it, in words. */
  onStored: (told: string) => void;
}

/** A list of people, looked at before it is stored: pasted rows or a file. */
export function BringRoster({ teams, teamId, onClose, onStored }: BringRosterProps) {
  const words = useWords(peopleWords);
  const [team, setTeam] = useState(teamId);
  const [rows, setRows] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const looking = useMutation({ mutationFn: () => previewRoster(team, file ?? new Blob([rows])) });
  const id = useId();
  if (looking.data !== undefined)
    return (
      <LookAt
        team={team}
        preview={looking.data}
        onBack={looking.reset}
        onClose={onClose}
        onStored={onStored}
      />
    );
  return (
    <Dialog
      title={words.bringRoster}
      onClose={onClose}
      actions={
        <Button
          look="solid"
          aria-disabled={looking.isPending}
          disabled={file === null && rows.trim() === ''}
          onClick={() => looking.mutate()}
        >
          {looking.isPending ? words.roster.looking : words.roster.look}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-ink-soft">{words.roster.hint}</p>
        <SelectField
          label={words.field.team}
          value={team}
          options={teams.map(one => ({ value: one.id, label: one.name }))}
          onChange={event => setTeam(event.target.value)}
        />
        <TextArea
          label={words.roster.paste}
          value={rows}
          onChange={event => setRows(event.target.value)}
          placeholder={words.roster.example}
          rows={7}
          spellCheck={false}
        />
        <div className="flex flex-col gap-1.5">
          <label htmlFor={id} className="text-sm font-medium">
            {words.roster.file}
          </label>
          <input
            id={id}
            type="file"
            accept=".csv,.tsv,.txt,.xlsx"
            className="min-h-11 file:mr-3 file:min-h-11 file:rounded-lg file:border file:border-line-strong file:bg-surface file:px-4 file:text-ink"
            onChange={event => setFile(event.target.files?.[0] ?? null)}
          />
        </div>
        <Refusal error={looking.error} />
      </div>
    </Dialog>
  );
}

interface LookAtProps extends Pick<BringRosterProps, 'onClose' | 'onStored'> {
  team: string;
  preview: Preview;
  onBack: () => void;
}

function LookAt({ team, preview, onBack, onClose, onStored }: LookAtProps) {
  const words = useWords(peopleWords);
  const common = useWords(commonWords);
  const queryClient = useQueryClient();
  const count = preview.add + preview.change;
  const storing = useMutation({
    mutationFn: () => storeRoster(team, preview),
    onSuccess: async stored => {
      await queryClient.invalidateQueries({ queryKey: ['athletes'] });
      onStored(words.roster.stored(stored.added, stored.changed));
      onClose();
    },
  });
  return (
    <Dialog
      title={words.bringRoster}
      onClose={onClose}
      actions={
        <>
          <Refusal error={storing.error} />
          <Button onClick={onBack}>{common.back}</Button>
          <Button
            look="solid"
            disabled={count === 0}
            aria-disabled={storing.isPending}
            onClick={() => storing.mutate()}
          >
            {words.roster.store(count)}
          </Button>
        </>
      }
    >
      <p className="font-medium">
        {words.roster.told(preview.add, preview.change, preview.same, preview.refused)}
      </p>
      <p className="text-ink-soft">{count === 0 ? words.roster.nothing : words.roster.whole}</p>
      {preview.refused > 0 && <p className="text-late">{words.roster.refusedHint}</p>}
      <table className="mt-3 w-full text-left">
        <thead>
          <tr className="border-b border-line-strong">
            <th className="py-1 pr-3 text-sm">{words.roster.line}</th>
            <th className="py-1 pr-3 text-sm">{words.roster.name}</th>
            <th className="py-1 text-sm">{words.roster.becomes}</th>
          </tr>
        </thead>
        <tbody>
          {preview.lines.map(line => (
            <tr key={line.line} className="border-b border-line last:border-b-0">
              <td className="py-1.5 pr-3 text-ink-soft tabular-nums">{line.line}</td>
              <td className="py-1.5 pr-3">
                {line.number !== null && <b className="mr-1.5 tabular-nums">{line.number}</b>}
                {line.name}
              </td>
              <td className="py-1.5">
                <Becomes line={line} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}

function Becomes({ line }: { line: Line }) {
  const words = useWords(peopleWords);
  if (line.act === 'refused') return <span className="text-lost">{line.reason}</span>;
  if (line.act === 'change') return <span className="text-late">{line.changes.join('; ')}</span>;
  if (line.act === 'same') return <span className="text-ink-soft">{words.roster.same}</span>;
  return <span className="text-good">{words.roster.add}</span>;
}
