import type { ReactNode } from 'react';
import { WarningIcon } from './first-icons';

const LOOKS = {
  late: 'border-late bg-late-soft text-late',
  lost: 'border-lost bg-lost-soft text-lost',
};

/** One line across the page that says what is wrong with everything below it. */
export function Strip({ look, children }: { look: keyof typeof LOOKS; children: ReactNode }) {
  return (
    <div className={`flex min-h-11 items-center gap-2 border-b-2 px-4 py-2 font-medium ${LOOKS[look]}`}>
      <WarningIcon />
      <p className="min-w-0">{children}</p>
    </div>
  );
}
