import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { HubUnreachable, Problem } from '@/api/problem';
import type { Me } from '@/api/queries';
import type { components } from '@/api/schema';

/** What is still to be done to sign in. */
export type NextStep = components['schemas']['NextStep'];

export interface Credentials {
  email: string;
  password: string;
}

export function signIn(credentials: Credentials): Promise<Me | NextStep> {
  return answerOf(api.POST('/api/v1/session', { body: credentials }));
}

/** Whether somebody is in, or asked for more. */
export function isNextStep(answer: Me | NextStep): answer is NextStep {
  return 'step' in answer;
}

export function sendCode(code: string): Promise<Me> {
  return answerOf(api.POST('/api/v1/session/code', { body: { code } }));
}

/** How one can sign in here beside the password; where the hub does not say, by the password alone. */
export const waysQuery = queryOptions({
  queryKey: ['ways-in'],
  queryFn: () => answerOf(api.GET('/api/v1/session/ways')),
  staleTime: Infinity,
});

/** Leaves for the provider's pages; they lead back to /sign-in/PROVIDER. */
export async function goToProvider(provider: string): Promise<void> {
  const { address } = await answerOf(
    api.POST('/api/v1/session/providers/{provider}', { params: { path: { provider } } }),
  );
  globalThis.location.assign(address);
}

export interface ProviderAnswer {
  provider: string;
  code: string;
  state: string;
  iss: string | null;
}

/** Asked once however often the page is drawn: a code counts once. */
export function providerAnswerQuery({ provider, ...body }: ProviderAnswer) {
  return queryOptions({
    queryKey: ['provider-answer', provider, body],
    queryFn: (): Promise<Me | NextStep> =>
      answerOf(
        api.POST('/api/v1/session/providers/{provider}/answer', { params: { path: { provider } }, body }),
      ),
    retry: false,
    staleTime: Infinity,
    networkMode: 'always',
  });
}

/** What the person can do about a code that was not taken. */
export function codeSentence(error: unknown): string {
  return error instanceof Problem ? `${error.message} ${error.wayOut}` : signInSentence(error);
}

/** As it was typed: a space may be part of it. */
export function passwordOf(fields: FormData): string {
  const value = fields.get('password');
  return typeof value === 'string' ? value : '';
}

/** What the person can do about it. A hub that is down must never read as a wrong password. */
export function signInSentence(error: unknown): string {
  if (error instanceof HubUnreachable) return `${error.message} Your password was not checked.`;
  if (!(error instanceof Problem)) return 'Signing in failed in this page. Reload it and try again.';
  if (error.status === 401) return 'E-mail or password is wrong. Check both and try again.';
  if (error.status === 422) return 'This is not an e-mail address and password the hub can read. Check both.';
  if (error.status === 429) return `Too many tries. ${error.wayOut || 'Wait a minute, then try again.'}`;
  if (error.status >= 500)
    return `The hub has a fault of its own; your password was not refused. ${error.wayOut} ${told(error)}`;
  return `${error.message} ${error.wayOut}`;
}

function told(error: Problem): string {
  return error.id === '' ? '' : `Problem id ${error.id}.`;
}
