import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Panel, Row } from '@/components/ui/panel';
import { useWords } from '@/words/catalogue';
import { competitionWords } from '@/words/competitions';
import { useFormats } from '@/words/formats';
import { ChangeList } from './change-list';
import type { Fact, ResultFile } from './competitions';
import { changesQuery, filesQuery } from './competitions';
import { changesOf, subjectOf } from './results';

interface CorrectionsPanelProps {
  competitionId: string;
  facts: readonly Fact[];
  names: ReadonlyMap<string, string>;
}

/** Every file that was taken in: what it changed, when, and by whom. */
export function CorrectionsPanel({ competitionId, facts, names }: CorrectionsPanelProps) {
  const words = useWords(competitionWords);
  const files = useQuery(filesQuery(competitionId));
  const byId = new Map(facts.map(fact => [fact.id, fact]));
  return (
    <Panel title={words.corrections} hint={words.correctionsHint}>
      <Loaded query={files} what={words.what.files}>
        {told => (
          <ul>
            {told.map(file => (
              <OfFile key={file.id} file={file} facts={byId} names={names} />
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

interface OfFileProps {
  file: ResultFile;
  facts: ReadonlyMap<number, Fact>;
  names: ReadonlyMap<string, string>;
}

function OfFile({ file, facts, names }: OfFileProps) {
  const words = useWords(competitionWords);
  const { moment } = useFormats();
  const [isOpen, setOpen] = useState(false);
  const changed = file.corrected + file.withdrawn > 0;
  return (
    <>
      <Row
        name={words.fileTold(file.told_by, moment(file.told_at))}
        facts={[
          file.name,
          file.pieces < file.of && words.pieces(file.pieces, file.of),
          file.added > 0 && words.added(file.added),
          file.corrected > 0 && words.correctedCount(file.corrected),
          file.withdrawn > 0 && words.withdrawnCount(file.withdrawn),
          !changed && words.noChange,
        ]}
        action={
          changed && (
            <Button
              aria-expanded={isOpen}
              aria-label={words.showChanges(file.name)}
              onClick={() => setOpen(!isOpen)}
            >
              {words.what.changes}
            </Button>
          )
        }
      />
      {isOpen && <Changes file={file} facts={facts} names={names} />}
    </>
  );
}

function Changes({ file, facts, names }: OfFileProps) {
  const words = useWords(competitionWords);
  const changes = useQuery(changesQuery(file.competition_id, file.id));
  return (
    <li className="pb-3 pl-4">
      <Loaded query={changes} what={words.what.changes}>
        {told => (
          <ul>
            {told.map(change => (
              <li key={change.fact_id} className="border-t border-line py-2 first:border-t-0">
                <p className="font-medium">
                  {words.kinds[change.kind]}: {subjectOf(change.fact_id, facts, change.key)}
                </p>
                <ChangeList state={change.state} changes={changesOf(change, names)} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </li>
  );
}
