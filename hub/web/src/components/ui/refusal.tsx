import { HubUnreachable, Problem } from '@/api/problem';

/** Why a change was not made, beside the button that asked for it. */
export function Refusal({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  return (
    <p role="alert" className="text-lost">
      {sentenceOf(error)}
    </p>
  );
}

const OF_THIS_PAGE = 'Something in this page failed. Try again; if it stays, reload the page.';

/** An error as a sentence with its way out; `ofThisPage` is said of what is no answer of a hub. */
export function sentenceOf(error: unknown, ofThisPage: string = OF_THIS_PAGE): string {
  if (error instanceof Problem) return `${error.message} ${error.wayOut}`;
  if (error instanceof HubUnreachable) return error.message;
  return ofThisPage;
}
