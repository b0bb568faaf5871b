import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { CopyIcon } from '@/components/ui/first-icons';
import { accountWords } from '@/words/account';
import { useWords } from '@/words/catalogue';

/** Codes that are shown this once. */
export function BackupCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const words = useWords(accountWords).factor;
  const [isCopied, setIsCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(codes.join('\n')).then(() => setIsCopied(true));
  return (
    <Dialog
      title={words.keepTitle}
      onClose={onClose}
      actions={
        <>
          <Button onClick={copy}>
            <CopyIcon /> {isCopied ? words.copied : words.copy}
          </Button>
          <Button look="solid" onClick={onClose}>
            {words.kept}
          </Button>
        </>
      }
    >
      <p className="mb-3">{words.keep}</p>
      <ul className="grid gap-x-6 gap-y-1 font-mono sm:grid-cols-2">
        {codes.map(code => (
          <li key={code} className="select-all">
            {code}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
