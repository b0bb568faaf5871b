import type { ReactNode } from 'react';
import { useId } from 'react';

interface PanelProps {
  title: string;
  hint?: string;
  children: ReactNode;
}

/** One matter of a page, with its heading. */
export function Panel({ title, hint, children }: PanelProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4 sm:p-5"
    >
      <div>
        <h2 id={id} className="text-lg font-semibold">
          {title}
        </h2>
        {hint !== undefined && <p className="text-ink-soft">{hint}</p>}
      </div>
      {children}
    </section>
  );
}

interface RowProps {
  name: ReactNode;
  /** What is known of it, in a few words each. */
  facts: readonly (string | false)[];
  action?: ReactNode;
}

/** One of a list: what it is, what is known of it, what can be done with it. */
export function Row({ name, facts, action }: RowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line py-2 first:border-t-0">
      <div className="mr-auto min-w-0">
        <p className="font-medium break-words">{name}</p>
        <p className="text-sm text-ink-soft">{facts.filter(fact => fact !== false).join(' · ')}</p>
      </div>
      {action}
    </li>
  );
}
