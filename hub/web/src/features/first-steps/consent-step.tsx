import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { consentTextsQuery } from '@/api/consents';
import { athletesQuery } from '@/api/queries';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { firstStepsWords } from '@/words/first-steps';
import { recordPaper, useUnconsenting } from './steps';

/** What a consent is to where the club has published no text. */
const WITHOUT_TEXT = 'paper';

/** Those who wear a strap and have not agreed: recorded as signed on paper, all at once, by whoever holds the papers. */
export function ConsentStep() {
  const words = useWords(firstStepsWords);
  const missing = useUnconsenting() ?? [];
  const { data: athletes = [] } = useQuery(athletesQuery(undefined));
  const { data: texts = [] } = useQuery(consentTextsQuery);
  const [isSigned, setIsSigned] = useState(false);
  const record = useAct(recordPaper, ['consents']);
  const version = texts.find(({ purpose }) => purpose === 'monitoring')?.version ?? WITHOUT_TEXT;
  const names = athletes.filter(({ id }) => missing.includes(id)).map(({ name }) => name);
  if (missing.length === 0) return <p>{words.noneMissing}</p>;
  return (
    <>
      <p>{words.missing(names.join(', '))}</p>
      <label className="flex min-h-11 items-center gap-3">
        <input
          type="checkbox"
          className="size-5 shrink-0 accent-(--accent)"
          checked={isSigned}
          onChange={event => setIsSigned(event.target.checked)}
        />
        {words.signed}
      </label>
      <Button
        look="solid"
        className="self-start"
        disabled={!isSigned || record.isPending}
        onClick={() => record.mutate({ athleteIds: missing, version })}
      >
        {words.record}
      </Button>
      <Refusal error={record.error} />
    </>
  );
}
