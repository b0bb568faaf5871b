import { useQuery } from '@tanstack/react-query';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Panel, Row } from '@/components/ui/panel';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { privacyWords } from '@/words/privacy';
import type { Export } from './privacy';
import { askCopy, copiesQuery } from './privacy';

/** Everything that the hub holds of an athlete, in one file. */
export function CopiesPanel({ athleteId }: { athleteId: string }) {
  const words = useWords(privacyWords);
  const query = useQuery(copiesQuery(athleteId));
  const ask = useAct(() => askCopy(athleteId), copiesQuery(athleteId).queryKey);
  return (
    <Panel title={words.copies.title} hint={words.copies.hint}>
      <Loaded query={query} what={words.what.copies}>
        {copies => (
          <ul>
            {copies.map(copy => (
              <CopyRow key={copy.id} copy={copy} />
            ))}
          </ul>
        )}
      </Loaded>
      <Button className="self-start" disabled={ask.isPending} onClick={() => ask.mutate(undefined)}>
        {words.copies.ask}
      </Button>
      <Refusal error={ask.error} />
    </Panel>
  );
}

const BYTES_A_MB = 1_000_000;

function CopyRow({ copy }: { copy: Export }) {
  const words = useWords(privacyWords).copies;
  const { moment, number } = useFormats();
  const isDone = copy.state === 'done';
  return (
    <Row
      name={words.of(moment(copy.asked_at))}
      facts={[
        words.state[copy.state],
        copy.state === 'running' && words.progress(copy.done, copy.total),
        isDone && copy.size !== null && words.megabytes(number(copy.size / BYTES_A_MB, 1)),
        isDone && words.until(moment(copy.expires_at)),
        copy.error ?? false,
      ]}
      action={
        isDone && (
          <a
            download
            href={`/api/v1/exports/${copy.id}/content`}
            className="inline-flex min-h-11 items-center font-medium text-accent underline"
          >
            {words.download}
          </a>
        )
      }
    />
  );
}
