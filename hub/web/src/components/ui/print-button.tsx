import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { Button } from './button';

/** Prints the page, or keeps it as a PDF, by the browser's own dialog; the print style leaves out what only a screen needs. */
export function PrintButton() {
  const words = useWords(commonWords);
  return <Button onClick={() => globalThis.print()}>{words.print}</Button>;
}
