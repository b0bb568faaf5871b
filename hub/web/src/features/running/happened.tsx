import { useQuery } from '@tanstack/react-query';
import { timelineQuery } from '@/api/sessions';
import { Loaded } from '@/components/ui/loaded';
import { clockTime } from '@/live/times';
import { useWords } from '@/words/catalogue';
import { runningWords } from '@/words/running';

const at = (when: string) => clockTime(Date.parse(when));

/** Phases and markers of a session, in time. */
export function Happened({ sessionId }: { sessionId: string }) {
  const words = useWords(runningWords);
  const query = useQuery(timelineQuery(sessionId));
  return (
    <section>
      <h2 className="mb-1.5 text-lg font-semibold">{words.happened}</h2>
      <Loaded query={query} what={words.happened}>
        {({ phases, markers }) => {
          const rows = [
            ...phases.map(({ id, name, from, to }) => ({
              id,
              name,
              from,
              told: to === null ? words.fromOn(at(from)) : words.fromTo(at(from), at(to)),
            })),
            ...markers.map(marker => ({ ...marker, from: marker.at, told: at(marker.at) })),
          ].toSorted((one, other) => Date.parse(one.from) - Date.parse(other.from));
          if (rows.length === 0) return <p className="text-ink-soft">{words.nothingHappened}</p>;
          return (
            <ol className="rounded-xl border border-line bg-surface">
              {rows.map(({ id, name, told }) => (
                <li
                  key={id}
                  className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 border-b border-line px-4 py-1.5 last:border-b-0"
                >
                  <span className="font-medium">{name}</span>
                  <span className="text-ink-soft tabular-nums">{told}</span>
                </li>
              ))}
            </ol>
          );
        }}
      </Loaded>
    </section>
  );
}
