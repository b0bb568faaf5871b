import { useWords } from '@/words/catalogue';
import { squadWords } from '@/words/squad';
import type { Absence } from './loads';

/** Whether somebody can train today: by word, not by colour alone. The reason is the athlete's own affair. */
export function Availability({ absence }: { absence: Absence | undefined }) {
  const words = useWords(squadWords);
  if (absence === undefined) return <span className="text-good">{words.available}</span>;
  return <span className="font-medium text-late">{words.absent[absence.training]}</span>;
}
