import { describe, expect, it } from 'vitest';
import { HubUnreachable, Problem } from '@/api/problem';
import type { Answer } from './answers';
import { Answers } from './answers';

const ONE = 'athlete-1';
const OTHER = 'athlete-2';
const AT_MS = Date.UTC(2026, 2, 2, 21, 30);
const rated = (rating: number) => ({ what: 'rating', sessionId: 'session-1', rating }) as const;

/** A hub that fails in a given way until it does not. */
function hubThat(failure: { error: Error | undefined }) {
  const heard: Answer[] = [];
  const answers = new Answers(answer => {
    if (failure.error !== undefined) return Promise.reject(failure.error);
    heard.push(answer);
    return Promise.resolve();
  });
  return { answers, heard };
}

describe('answers', () => {
  it.each([new HubUnreachable(), new Problem(401, {})])('wait while they cannot be told: %s', async error => {
    const failure: { error: Error | undefined } = { error };
    const { answers, heard } = hubThat(failure);
    answers.say(ONE, rated(7), AT_MS);
    await answers.deliver(ONE);
    expect(answers.waiting().map(({ at }) => at)).toEqual(['2026-03-02T21:30:00.000Z']);
    failure.error = undefined;
    await answers.deliver(OTHER);
    expect(heard).toEqual([]); // the control: another athlete's page tells nothing of it
    await answers.deliver(ONE);
    expect(heard.map(({ said }) => said)).toEqual([rated(7)]);
    expect(answers.waiting()).toEqual([]);
  });

  it('that the hub refuses do not wait, and say why', async () => {
    const { answers } = hubThat({ error: new Problem(403, { detail: 'Not yours.' }) });
    answers.say(ONE, rated(7), AT_MS);
    await expect.poll(() => answers.refused().length).toBe(1);
    expect(answers.waiting()).toEqual([]);
  });

  it('of one person are not left on the device for the next', () => {
    const { answers } = hubThat({ error: new HubUnreachable() });
    answers.say(ONE, rated(7), AT_MS);
    expect(localStorage.getItem('sts-answers')).toContain(ONE);
    answers.clear();
    expect(localStorage.getItem('sts-answers')).toBe('[]');
  });
});
