import type { ReactNode } from 'react';
import { useEffect, useId, useRef } from 'react';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { Button } from './button';
import { CloseIcon } from './icons';

interface DialogProps {
  title: string;
  onClose: () => void;
  /** Buttons at its foot. */
  actions?: ReactNode;
  children: ReactNode;
}

/** The browser's own dialog: it holds the focus, Escape closes it, and the page behind stands still. Shown while mounted. */
export function Dialog({ title, onClose, actions, children }: DialogProps) {
  const words = useWords(commonWords);
  const id = useId();
  const place = useRef<HTMLDialogElement>(null);
  useEffect(() => place.current?.showModal(), []);
  return (
    <dialog
      ref={place}
      aria-labelledby={id}
      onClose={onClose}
      className="m-auto w-[min(40rem,calc(100vw-1.5rem))] rounded-xl border border-line-strong bg-surface p-0 text-ink shadow-xl backdrop:bg-black/50"
    >
      <div className="flex max-h-[calc(100dvh-3rem)] flex-col">
        <header className="flex items-center gap-2 border-b border-line py-2 pr-2 pl-4">
          <h2 id={id} className="mr-auto min-w-0 text-lg font-semibold">
            {title}
          </h2>
          <Button
            look="quiet"
            className="px-2"
            aria-label={words.close}
            onClick={() => place.current?.close()}
          >
            <CloseIcon />
          </Button>
        </header>
        <div className="min-h-0 overflow-y-auto p-4">{children}</div>
        {actions !== undefined && (
          <footer className="flex flex-wrap justify-end gap-2 border-t border-line p-3">{actions}</footer>
        )}
      </div>
    </dialog>
  );
}
