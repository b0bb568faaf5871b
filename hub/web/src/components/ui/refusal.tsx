import { HubUnreachable, Problem } from '@/api/problem';
import { commonWords } from '@/words/common';
import { currentLanguage } from '@/words/language';

/** Why a change was not made, beside the button that asked for it. */
export function Refusal({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  return (
    <p role="alert" className="text-lost">
      {sentenceOf(error)}
    </p>
  );
}

/** An error as a sentence with its way out; `ofThisPage` is said of what is no answer of a hub. */
export function sentenceOf(error: unknown, ofThisPage?: string): string {
  const words = commonWords[currentLanguage()];
  if (error instanceof Problem) return `${error.message} ${error.wayOut}`;
  if (error instanceof HubUnreachable) return words.unreachable;
  return ofThisPage ?? words.ofThisPage;
}
