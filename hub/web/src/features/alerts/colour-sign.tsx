import type { ReactNode } from 'react';
import type { Alert } from './alerts';

const LOOKS: Record<Alert['colour'], { look: string; shape: ReactNode }> = {
  yellow: { look: 'text-ink', shape: <circle cx="12" cy="12" r="9" /> },
  orange: { look: 'text-late', shape: <path d="M12 3L2.5 20.5h19z" /> },
  red: { look: 'text-lost', shape: <path d="M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8z" fill="currentColor" /> },
};

/** How urgent: a ring, a triangle, a filled stop sign; a word stands beside it. */
export function ColourSign({ colour }: { colour: Alert['colour'] }) {
  const { look, shape } = LOOKS[colour];
  return (
    <svg
      viewBox="0 0 24 24"
      className={`size-5 shrink-0 ${look}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="2.5"
      aria-hidden="true"
    >
      {shape}
    </svg>
  );
}
