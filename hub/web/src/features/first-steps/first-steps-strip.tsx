import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { preferencesQuery, useChoose } from '@/api/preferences';
import { Button } from '@/components/ui/button';
import { useWords } from '@/words/catalogue';
import { firstStepsWords } from '@/words/first-steps';
import { STEPS, useDone } from './steps';

/** On the wall of a club that has not come to its first heartbeat: how far it is, and the way on. Can be put away. */
export function FirstStepsStrip() {
  const { data } = useQuery(preferencesQuery);
  if (data === undefined || data.first_steps_done) return null;
  return <Progress />;
}

function Progress() {
  const words = useWords(firstStepsWords);
  const done = useDone();
  const choose = useChoose();
  const next = done && STEPS.find(step => !done[step]);
  // a club that had a session is past its first steps, whether somebody wears a strap now or not
  if (done === undefined || next === undefined || done.session) return null;
  return (
    <section
      aria-label={words.title}
      className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-surface px-3 py-1.5 xl:px-4"
    >
      <p className="min-w-0">
        <b>{words.progress(STEPS.filter(step => done[step]).length, STEPS.length)}</b>{' '}
        {words.nextIs(words.step[next].title)}
      </p>
      <span className="ml-auto flex gap-2">
        <Link
          to="/first-steps"
          className="inline-flex min-h-11 items-center rounded-lg border border-accent bg-accent px-4 font-medium text-on-accent"
        >
          {words.goOn}
        </Link>
        <Button onClick={() => choose.mutate({ first_steps_done: true })}>{words.putAway}</Button>
      </span>
    </section>
  );
}
