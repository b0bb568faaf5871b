import { useWords } from '@/words/catalogue';
import { sessionWords } from '@/words/sessions';
import type { SessionEntry } from '@/api/sessions';

const LOOKS: Record<SessionEntry['state'], string> = {
  planned: 'border-dashed border-line-strong text-ink-soft',
  running: 'border-good text-good',
  ended: 'border-line-strong text-ink',
};

/** Planned, running or ended: by word and border, not by colour alone. */
export function StateChip({ state }: { state: SessionEntry['state'] }) {
  const words = useWords(sessionWords);
  return (
    <span
      className={`inline-flex items-center rounded-full border px-2.5 py-0.5 text-sm font-medium ${LOOKS[state]}`}
    >
      {state === 'running' && (
        <span className="mr-1.5 size-2 rounded-full border border-good bg-good" aria-hidden="true" />
      )}
      {words.state[state]}
    </span>
  );
}
