import { useMutation } from '@tanstack/react-query';
import type { KeyboardEvent } from 'react';
import { useState } from 'react';
import { answerOf, api } from '@/api/client';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { reviewWords } from '@/words/review';

interface RatingFieldProps {
  sessionId: string;
  athleteId: string;
  name: string;
}

/** Borg's CR-10: 0, nothing at all, to 10, maximal. */
const HARDEST = 10;
const MARK = 'data-rating';

/** One athlete's rating: kept when the field is left, and Enter goes to the next one. */
export function RatingField({ sessionId, athleteId, name }: RatingFieldProps) {
  const words = useWords(reviewWords);
  const [text, setText] = useState('');
  const rate = useMutation({
    networkMode: 'always',
    mutationFn: (rating: number) =>
      answerOf(
        api.POST('/api/v1/athletes/{athlete_id}/ratings', {
          params: { path: { athlete_id: athleteId } },
          body: { session_id: sessionId, rating },
        }),
      ),
  });
  const rating = ratingOf(text);
  const keep = () => {
    if (rating !== null && rate.variables !== rating) rate.mutate(rating);
  };
  return (
    <span className="flex items-center gap-2">
      <input
        {...{ [MARK]: '' }}
        aria-label={words.ratingOf(name)}
        aria-invalid={(text !== '' && rating === null) || undefined}
        inputMode="decimal"
        enterKeyHint="next"
        autoComplete="off"
        maxLength={4}
        value={text}
        onChange={event => setText(event.target.value)}
        onBlur={keep}
        onKeyDown={toNext}
        className="min-h-11 w-16 rounded-lg border border-line-strong bg-surface px-2 text-right tabular-nums aria-invalid:border-lost"
      />
      {text !== '' && rating === null && <span className="text-sm text-lost">{words.badRating}</span>}
      {rate.isSuccess && <span className="text-sm text-good">{words.rated}</span>}
      <Refusal error={rate.error} />
    </span>
  );
}

/** A comma stands for a point; null for what is no rating. */
function ratingOf(text: string): number | null {
  const rating = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && rating >= 0 && rating <= HARDEST ? rating : null;
}

/** Leaving the field keeps it: so the last one is left, too. */
function toNext(event: KeyboardEvent<HTMLInputElement>): void {
  if (event.key !== 'Enter') return;
  const fields = [...document.querySelectorAll<HTMLInputElement>(`[${MARK}]`)];
  const next = fields[fields.indexOf(event.currentTarget) + 1];
  if (next === undefined) event.currentTarget.blur();
  else next.focus();
}
