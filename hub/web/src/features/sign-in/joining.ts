import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Invited = components['schemas']['Invited'];
export type Newcomer = components['schemas']['Newcomer'];
export type Acceptance = components['schemas']['OwnAcceptance'];

export function recover(body: components['schemas']['Recovery']): Promise<unknown> {
  return answerOf(api.POST('/api/v1/session/recovery', { body }));
}

/** The answer is the same whether there is such an account or not. */
export function askForLetter(email: string): Promise<unknown> {
  return answerOf(api.POST('/api/v1/session/recovery-letter', { body: { email } }));
}

export function invitationQuery(code: string) {
  return queryOptions({
    queryKey: ['invitation', code],
    queryFn: (): Promise<Invited> =>
      answerOf(api.POST('/api/v1/session/invitation/look', { body: { code } })),
    retry: false,
    staleTime: Infinity,
    networkMode: 'always',
  });
}

export function join(body: Newcomer): Promise<unknown> {
  return answerOf(api.POST('/api/v1/session/invitation', { body }));
}

/** With the account that is signed in here. */
export function accept(body: Acceptance): Promise<unknown> {
  return answerOf(api.POST('/api/v1/me/invitations', { body }));
}
