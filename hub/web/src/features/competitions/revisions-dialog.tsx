import { useQuery } from '@tanstack/react-query';
import { Dialog } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { useWords } from '@/words/catalogue';
import { competitionWords } from '@/words/competitions';
import { useFormats } from '@/words/formats';
import { ChangeList } from './change-list';
import { versionsQuery } from './competitions';
import { changesBetween } from './results';

interface RevisionsDialogProps {
  competitionId: string;
  factId: number;
  title: string;
  names: ReadonlyMap<string, string>;
  onClose: () => void;
}

/** What one result was, version by version, the newest first: what changed, when, and who said so. */
export function RevisionsDialog({ competitionId, factId, title, names, onClose }: RevisionsDialogProps) {
  const words = useWords(competitionWords);
  const { moment } = useFormats();
  const versions = useQuery(versionsQuery(competitionId, factId));
  return (
    <Dialog title={title} onClose={onClose}>
      <Loaded query={versions} what={words.what.versions}>
        {told => (
          <ol reversed className="flex flex-col gap-3">
            {told
              .map((version, place) => (
                <li key={version.version} className="border-t border-line pt-3 first:border-t-0 first:pt-0">
                  <p className="font-medium">{words.fileTold(version.told_by, moment(version.told_at))}</p>
                  <p className="text-sm break-words text-ink-soft">{version.file}</p>
                  {place === 0 && <p>{words.first}</p>}
                  <ChangeList
                    isFirst={place === 0}
                    state={version.state}
                    changes={changesBetween(told[place - 1]?.content ?? null, version.content, names)}
                  />
                </li>
              ))
              .toReversed()}
          </ol>
        )}
      </Loaded>
    </Dialog>
  );
}
