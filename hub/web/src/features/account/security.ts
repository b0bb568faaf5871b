/** What an account asks of the hub about its own ways in. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { meQuery } from '@/api/queries';
import type { components } from '@/api/schema';

type Schemas = components['schemas'];
export type SecondFactor = Schemas['SecondFactor'];
export type NewAuthenticator = Schemas['NewAuthenticator'];
export type Scope = Schemas['Scope'];
export type Role = Schemas['Me']['role'];

export const factorQuery = queryOptions({
  queryKey: ['security', 'factor'],
  queryFn: () => answerOf(api.GET('/api/v1/me/second-factor')),
});
export const passkeysQuery = queryOptions({
  queryKey: ['security', 'passkeys'],
  queryFn: () => answerOf(api.GET('/api/v1/me/passkeys')),
});
export const identitiesQuery = queryOptions({
  queryKey: ['security', 'identities'],
  queryFn: () => answerOf(api.GET('/api/v1/me/identities')),
});
export const loginsQuery = queryOptions({
  queryKey: ['security', 'logins'],
  queryFn: () => answerOf(api.GET('/api/v1/me/logins')),
});
export const tokensQuery = queryOptions({
  queryKey: ['security', 'tokens'],
  queryFn: () => answerOf(api.GET('/api/v1/me/tokens')),
});
export const ruleQuery = queryOptions({
  queryKey: ['security', 'rule'],
  queryFn: () => answerOf(api.GET('/api/v1/club/second-factor')),
});

/** A change of one's own ways in: what is shown is asked anew, and who one is as well, since that may open the app. */
export function useChange<Given, Answer>(
  change: (given: Given) => Promise<Answer>,
  onDone?: (answer: Answer) => void,
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async answer => {
      onDone?.(answer);
      await queryClient.invalidateQueries({ queryKey: ['security'] });
      await queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
    },
    networkMode: 'always',
  });
}

export const beginAuthenticator = () => answerOf(api.POST('/api/v1/me/second-factor'));

export const confirmAuthenticator = (code: string) =>
  answerOf(api.POST('/api/v1/me/second-factor/confirmation', { body: { code } }));

export const renewBackupCodes = (proof: Schemas['Proof']) =>
  answerOf(api.POST('/api/v1/me/second-factor/backup-codes', { body: proof }));

export const removeAuthenticator = (proof: Schemas['Proof']) =>
  answerOf(api.POST('/api/v1/me/second-factor/removal', { body: proof }));

export const removePasskey = (id: string) =>
  answerOf(api.DELETE('/api/v1/me/passkeys/{passkey_id}', { params: { path: { passkey_id: id } } }));

export const removeIdentity = (id: string) =>
  answerOf(api.DELETE('/api/v1/me/identities/{identity_id}', { params: { path: { identity_id: id } } }));

export const endLogin = (id: string) =>
  answerOf(api.DELETE('/api/v1/me/logins/{login_id}', { params: { path: { login_id: id } } }));

export const makeToken = (token: { name: string; scopes: Scope[] }) =>
  answerOf(api.POST('/api/v1/me/tokens', { body: { ...token, days: 90 } }));

export const endToken = (id: string) =>
  answerOf(api.DELETE('/api/v1/me/tokens/{token_id}', { params: { path: { token_id: id } } }));

export const changeRule = (roles: Role[]) =>
  answerOf(api.PUT('/api/v1/club/second-factor', { body: { required_of: roles } }));

/** A text of a form, without what hangs over. */
export function textOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value.trim() : '';
}
