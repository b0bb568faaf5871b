import type { ReactNode } from 'react';
import { useEffect, useRef } from 'react';

interface MainPlaceProps {
  /** What the browser's tab and a screen reader call this page. */
  title: string;
  className: string;
  children: ReactNode;
}

/** A page. Takes the focus when it comes, so that a keyboard or a screen reader goes on here and not at the link before. */
export function MainPlace({ title, className, children }: MainPlaceProps) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => place.current?.focus({ preventScroll: true }), []);
  return (
    <main ref={place} tabIndex={-1} className={`outline-none ${className}`}>
      <title>{`${title} · Smart Training System`}</title>
      {children}
    </main>
  );
}
