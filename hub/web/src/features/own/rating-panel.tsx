import { useQuery } from '@tanstack/react-query';
import { Loaded } from '@/components/ui/loaded';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { ownWords } from '@/words/own';
import { RATINGS, ratingsQuery } from './own';
import { useAnswers } from './use-answers';

interface RatingPanelProps {
  athleteId: string;
  sessionId: string;
  answers: boolean;
}

/** How hard a session was, in one tap. */
export function RatingPanel({ athleteId, sessionId, answers }: RatingPanelProps) {
  const words = useWords(ownWords);
  const query = useQuery(ratingsQuery(athleteId));
  return (
    <section className="flex flex-col gap-2 border-t border-line pt-3">
      <h3 className="font-semibold">{answers ? words.rating.title : words.rating.ofThem}</h3>
      <Loaded query={query} what={words.what.rating}>
        {ratings => {
          const given = ratings.find(one => one.session_id === sessionId)?.rating ?? null;
          if (answers) return <Scale athleteId={athleteId} sessionId={sessionId} given={given} />;
          return <Given rating={given} />;
        }}
      </Loaded>
    </section>
  );
}

interface ScaleProps {
  athleteId: string;
  sessionId: string;
  given: number | null;
}

function Scale({ athleteId, sessionId, given }: ScaleProps) {
  const words = useWords(ownWords);
  const { time } = useFormats();
  const { say, waitingFor, refusedOf } = useAnswers(athleteId);
  const asked = { what: 'rating', sessionId, rating: 0 } as const;
  const waiting = waitingFor(asked);
  const chosen = waiting?.said.what === 'rating' ? waiting.said.rating : given;
  return (
    <>
      <fieldset className="grid grid-cols-6 gap-1.5 sm:grid-cols-11">
        <legend className="mb-1 text-sm text-ink-soft">{words.rating.scale}</legend>
        {RATINGS.map(rating => (
          <button
            key={rating}
            type="button"
            aria-pressed={chosen === rating}
            aria-label={words.rating.given(String(rating), words.rating.words[rating])}
            title={words.rating.words[rating]}
            onClick={() => say({ what: 'rating', sessionId, rating })}
            className="min-h-11 rounded-lg border border-line-strong bg-surface font-semibold tabular-nums aria-pressed:border-accent aria-pressed:bg-accent aria-pressed:text-on-accent forced-colors:aria-pressed:bg-[Highlight] forced-colors:aria-pressed:text-[HighlightText] forced-colors:aria-pressed:[forced-color-adjust:none]"
          >
            {rating}
          </button>
        ))}
      </fieldset>
      <Given rating={chosen} />
      {waiting && (
        <p role="status" className="text-late">
          {words.waiting(time(waiting.at))}
        </p>
      )}
      <Refusal error={refusedOf(asked)?.error} />
    </>
  );
}

function Given({ rating }: { rating: number | null }) {
  const words = useWords(ownWords);
  const { number } = useFormats();
  if (rating === null) return <p className="text-ink-soft">{words.rating.none}</p>;
  const word = words.rating.words[RATINGS.find(step => step >= rating) ?? 10];
  return <p className="font-medium">{words.rating.given(number(rating), word)}</p>;
}
