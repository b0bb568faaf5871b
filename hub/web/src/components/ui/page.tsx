import type { ReactNode } from 'react';
import { MainPlace } from './main-place';

interface PageProps {
  /** The heading, and what the browser's tab says. */
  title: string;
  /** One line below the heading. */
  subtitle?: ReactNode;
  /** The way up, before the heading. */
  back?: ReactNode;
  /** Buttons beside the heading. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page that scrolls, with its heading and what can be done on it. */
export function Page({ title, subtitle, back, actions, children }: PageProps) {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto print:overflow-visible">
      <MainPlace
        title={title}
        className="mx-auto flex w-full max-w-7xl flex-col gap-4 p-3 sm:p-5 print:max-w-none print:p-0"
      >
        <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
          {back !== undefined && <div className="print:hidden">{back}</div>}
          <div className="mr-auto min-w-0">
            <h1 className="text-2xl font-bold text-balance">{title}</h1>
            {subtitle !== undefined && <div className="text-ink-soft">{subtitle}</div>}
          </div>
          {actions !== undefined && (
            <div className="flex flex-wrap items-center gap-2 print:hidden">{actions}</div>
          )}
        </header>
        {children}
      </MainPlace>
    </div>
  );
}
