import { useState } from 'react';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { Button } from './button';
import { CopyIcon } from './first-icons';

/** A text to be copied, with its name. */
export function ShownText({ label, text }: { label: string; text: string }) {
  const words = useWords(commonWords);
  const [isCopied, setIsCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(text).then(() => setIsCopied(true));
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span>{label}</span>
      <code className="min-w-0 rounded bg-raised px-1.5 py-0.5 break-all select-all">{text}</code>
      <Button className="px-3" aria-label={`${words.copy}: ${label}`} onClick={copy}>
        <CopyIcon /> {isCopied ? words.copied : words.copy}
      </Button>
    </div>
  );
}
