/** The people of a club, who is invited, and what athletes are asked to agree to. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { wholeList } from '@/api/lists';
import type { components } from '@/api/schema';

type Schemas = components['schemas'];
export type Account = Schemas['Account'];
export type Invitation = Schemas['Invitation'];
export type MadeInvitation = Schemas['MadeInvitation'];
export type NewInvitation = Schemas['NewInvitation'];
export type SentLetter = Schemas['SentLetter'];
export type Role = Account['role'];

export const ROLES = [
  'admin',
  'director',
  'coach',
  'trainer',
  'technician',
  'athlete',
  'guardian',
] as const satisfies readonly Role[];

/** Whose account is given teams; admins and directors reach all of them, athletes and guardians their own. */
export const OF_TEAMS: readonly Role[] = ['coach', 'trainer', 'technician'];
/** Whose account is about an athlete. */
export const OF_ATHLETES: readonly Role[] = ['athlete', 'guardian'];

export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: () => wholeList(part => answerOf(api.GET('/api/v1/invitations', { params: { query: part } }))),
});

/** Letters of the last days, the newest first: admins see what became of each. */
export const lettersQuery = queryOptions({
  queryKey: ['letters'],
  queryFn: async () =>
    (await answerOf(api.GET('/api/v1/letters', { params: { query: { limit: 500 } } }))).items,
});

export function changeAccount(accountId: string, body: Schemas['AccountChange']) {
  return answerOf(api.PATCH('/api/v1/accounts/{account_id}', { params: ofAccount(accountId), body }));
}

export function makeRecoveryCode(accountId: string) {
  return answerOf(api.POST('/api/v1/accounts/{account_id}/recovery', { params: ofAccount(accountId) }));
}

export function resetSecondFactor(accountId: string) {
  return answerOf(
    api.DELETE('/api/v1/accounts/{account_id}/second-factor', { params: ofAccount(accountId) }),
  );
}

const ofAccount = (accountId: string) => ({ path: { account_id: accountId } });

export function invite(body: NewInvitation): Promise<MadeInvitation> {
  return answerOf(api.POST('/api/v1/invitations', { body }));
}

export function withdraw(invitationId: string) {
  const params = { path: { invitation_id: invitationId } };
  return answerOf(api.DELETE('/api/v1/invitations/{invitation_id}', { params }));
}

/** The same invitation anew, with a new code; the one before ends once there is another. */
export async function sendAgain(old: Invitation): Promise<MadeInvitation> {
  const { role, team_id, from, to, athlete_id, email, asks } = old;
  const way = email === null ? 'link' : 'letter';
  const made = await invite({ role, team_id, from, to, athlete_id, email, asks, way, days: DAYS });
  await withdraw(old.id);
  return made;
}

/** How long an invitation is good. */
export const DAYS = 7;

export type Standing = 'accepted' | 'open' | 'ended';

/** What an invitation is now. */
export function standing(invitation: Invitation): Standing {
  if (invitation.accepted_at !== null) return 'accepted';
  return Date.parse(invitation.expires_at) > Date.now() ? 'open' : 'ended';
}

/** What became of the letter of an invitation: the newest that went to its address after it was made. */
export function letterOf(invitation: Invitation, letters: readonly SentLetter[]): SentLetter | undefined {
  return letters.find(
    ({ what, address, queued_at }) =>
      what === 'invitation' && address === invitation.email && queued_at >= invitation.made_at,
  );
}

export function publishText(body: Schemas['NewConsentText']) {
  return answerOf(api.POST('/api/v1/consent-texts', { body }));
}
