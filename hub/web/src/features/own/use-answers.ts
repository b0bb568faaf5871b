import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import type { Answer, RefusedAnswer, Said } from './answers';
import { Answers, questionOf } from './answers';

/** One queue for this device, whatever page shows it. */
const answers = new Answers();

interface UseAnswer {
  say: (said: Said) => void;
  /** The answer to a question that still waits on this device. */
  waitingFor: (question: Said) => Answer | undefined;
  refusedOf: (question: Said) => RefusedAnswer | undefined;
}

/** The answers of an athlete. What the hub has heard is read anew; the network's return sends what waits. */
export function useAnswers(athleteId: string): UseAnswer {
  const waiting = useSyncExternalStore(answers.subscribe, answers.waiting);
  const refused = useSyncExternalStore(answers.subscribe, answers.refused);
  const queryClient = useQueryClient();
  const count = waiting.filter(one => one.athleteId === athleteId).length;
  useEffect(() => {
    if (count > 0) return;
    for (const what of ['wellness', 'ratings'])
      void queryClient.invalidateQueries({ queryKey: [what, athleteId] });
  }, [count, queryClient, athleteId]);
  useEffect(() => {
    const deliver = () => void answers.deliver(athleteId);
    deliver();
    window.addEventListener('online', deliver);
    return () => {
      window.removeEventListener('online', deliver);
      answers.pause();
    };
  }, [athleteId]);
  const isAbout = (answer: Answer, question: Said) =>
    answer.athleteId === athleteId && questionOf(answer.said) === questionOf(question);
  return {
    say: said => answers.say(athleteId, said, Date.now()),
    waitingFor: question => waiting.find(one => isAbout(one, question)),
    refusedOf: question => refused.find(({ answer }) => isAbout(answer, question)),
  };
}

/** Signed out: whoever comes next on this device finds and tells nothing of it. */
export function forgetAnswers(): void {
  answers.clear();
}
