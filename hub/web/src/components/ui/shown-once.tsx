import { useState } from 'react';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { Button } from './button';
import { CopyIcon } from './first-icons';

interface ShownOnceProps {
  /** What it is good for, and until when. */
  hint: string;
  secret: string;
}

/** A secret that nobody can look up again: to be copied now. */
export function ShownOnce({ hint, secret }: ShownOnceProps) {
  const words = useWords(commonWords);
  const [isCopied, setIsCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(secret).then(() => setIsCopied(true));
  return (
    <div role="status" className="flex flex-col gap-2 rounded-xl border border-line-strong bg-raised p-3">
      <p>{hint}</p>
      <code className="break-all select-all" data-part="secret">
        {secret}
      </code>
      <Button className="self-start" onClick={copy}>
        <CopyIcon /> {isCopied ? words.copied : words.copy}
      </Button>
    </div>
  );
}
