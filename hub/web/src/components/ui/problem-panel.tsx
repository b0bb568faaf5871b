import { useState } from 'react';
import { Problem } from '@/api/problem';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { Button } from './button';
import { CopyIcon, RetryIcon, WarningIcon } from './first-icons';
import { sentenceOf } from './refusal';

interface ProblemPanelProps {
  error: unknown;
  /** What could not be shown, to begin the sentence: "The chart". */
  what: string;
  onRetry?: () => void;
}

/** An error as a place, not a toast: what failed, why, the way out, and an id to quote. */
export function ProblemPanel({ error, what, onRetry }: ProblemPanelProps) {
  const words = useWords(commonWords);
  const id = error instanceof Problem ? error.id : '';
  return (
    <div role="alert" className="mx-auto flex max-w-lg flex-col items-center gap-3 px-6 py-10 text-center">
      <WarningIcon className="size-9 text-lost" />
      <p className="text-lg font-semibold">{words.notLoaded(what)}</p>
      <p className="text-ink-soft">{sentenceOf(error)}</p>
      {onRetry && (
        <Button look="solid" onClick={onRetry}>
          <RetryIcon /> {words.retry}
        </Button>
      )}
      {id !== '' && <ProblemId id={id} />}
    </div>
  );
}

function ProblemId({ id }: { id: string }) {
  const words = useWords(commonWords);
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(id).then(() => setCopied(true));
  return (
    <p className="flex flex-wrap items-center justify-center gap-2 text-sm text-ink-soft">
      <span>
        {words.problemId} <code className="rounded bg-raised px-1.5 py-0.5 select-all">{id}</code>
      </span>
      <Button look="quiet" className="px-2 text-sm" onClick={copy}>
        <CopyIcon className="size-4" /> {copied ? words.copied : words.copy}
      </Button>
    </p>
  );
}
