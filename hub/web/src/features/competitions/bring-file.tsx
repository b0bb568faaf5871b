import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { competitionWords } from '@/words/competitions';
import { ChangeList } from './change-list';
import type { FilePreview } from './competitions';
import { previewFile, sendFile } from './competitions';
import { changesOf, namesOf } from './results';

interface BringFileProps {
  /** Null for a file that names its competition. */
  competitionId: string | null;
  onClose: () => void;
  onTaken: (competitionId: string) => void;
}

/** A result file, looked at before it is taken in. */
export function BringFile({ competitionId, onClose, onTaken }: BringFileProps) {
  const words = useWords(competitionWords);
  const common = useWords(commonWords);
  const queryClient = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const id = useId();
  const looking = useMutation({ mutationFn: (chosen: File) => previewFile(competitionId, chosen) });
  const taking = useMutation({
    mutationFn: (chosen: File) => sendFile(competitionId, chosen),
    onSuccess: async taken => {
      await queryClient.invalidateQueries({ queryKey: ['competitions'] });
      onTaken(taken.file.competition_id);
    },
  });
  const preview = looking.data;
  if (preview !== undefined && file !== null)
    return (
      <Dialog
        title={file.name}
        onClose={onClose}
        actions={
          <>
            <Refusal error={taking.error} />
            <Button onClick={looking.reset}>{common.back}</Button>
            <Button
              look="solid"
              disabled={!preview.new}
              aria-disabled={taking.isPending}
              onClick={() => taking.mutate(file)}
            >
              {taking.isPending ? words.taking : words.take}
            </Button>
          </>
        }
      >
        <Preview preview={preview} />
      </Dialog>
    );
  return (
    <Dialog
      title={words.bring}
      onClose={onClose}
      actions={
        <Button
          look="solid"
          disabled={file === null}
          aria-disabled={looking.isPending}
          onClick={() => file !== null && looking.mutate(file)}
        >
          {looking.isPending ? words.looking : words.look}
        </Button>
      }
    >
      <div className="flex flex-col gap-1.5">
        <label htmlFor={id} className="text-sm font-medium">
          {words.choose}
        </label>
        <input
          id={id}
          type="file"
          className="min-h-11 max-w-full file:mr-3 file:min-h-11 file:rounded-lg file:border file:border-line-strong file:bg-surface file:px-4 file:text-ink"
          onChange={event => {
            looking.reset();
            setFile(event.target.files?.[0] ?? null);
          }}
        />
        <Refusal error={looking.error} />
      </div>
    </Dialog>
  );
}

/** What was read, whom it is about, what would change, and what could not be read. */
function Preview({ preview }: { preview: FilePreview }) {
  const words = useWords(competitionWords);
  const people = preview.people.filter(one => one.kind === 'person');
  const ambiguous = people.filter(one => one.matched === 'ambiguous');
  const ours = people.filter(
    one => one.athlete_id !== null || one.matched === 'licence' || one.matched === 'name',
  );
  return (
    <div className="flex flex-col gap-4">
      <div>
        <p className="font-medium">
          {words.pieces(preview.pieces, preview.of)}{' '}
          {preview.founds ? words.wouldFound(preview.competition) : words.wouldGo(preview.competition)}
        </p>
        <p className="text-ink-soft">
          {preview.new
            ? words.counts(preview.added, preview.corrected, preview.withdrawn, preview.unchanged)
            : words.known}
        </p>
        {!preview.whole && <p className="text-late">{words.notWhole}</p>}
        {preview.notes.map(note => (
          <p key={note} className="text-ink-soft">
            {note}
          </p>
        ))}
      </div>
      {people.length > 0 && (
        <ul className="flex flex-col gap-1">
          <People told={words.recognised(ours.length)} names={ours} look="text-good" />
          <People told={words.ambiguous(ambiguous.length)} names={ambiguous} look="text-late" />
          <People told={words.strangers(people.length - ours.length - ambiguous.length)} names={[]} look="" />
        </ul>
      )}
      {preview.refused.length > 0 && (
        <section>
          <h3 className="font-semibold text-lost">{words.refusedTitle}</h3>
          <ul className="flex flex-col gap-1">
            {preview.refused.map(({ line, reason, text }) => (
              <li key={line}>
                {words.line(line)}: {reason}
                {text !== '' && <code className="block text-sm break-all text-ink-soft">{text}</code>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {preview.changes.length > 0 && (
        <section>
          <h3 className="font-semibold">{words.what.changes}</h3>
          <ul>
            {preview.changes.map(change => (
              <li key={change.fact_id} className="border-t border-line py-2 first:border-t-0">
                <p className="font-medium">
                  {words.kinds[change.kind]} <span className="text-ink-soft">{change.key}</span>
                </p>
                <ChangeList state={change.state} changes={changesOf(change, namesOf(preview.people))} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function People({ told, names, look }: { told: ReactNode; names: FilePreview['people']; look: string }) {
  return (
    <li>
      <span className={look}>{told}</span>
      {names.length > 0 && `: ${names.map(one => one.name ?? '…').join(', ')}`}
    </li>
  );
}
