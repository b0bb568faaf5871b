/** What the club's page is made of, and whose it is. */
import type { Me } from '@/api/queries';

export const CLUB_PARTS = ['members', 'invitations', 'consents', 'webhooks', 'audit'] as const;
export type ClubPart = (typeof CLUB_PARTS)[number];

const SEEN_BY: Record<ClubPart, readonly Me['role'][]> = {
  members: ['admin', 'director'],
  invitations: ['admin', 'director', 'coach', 'trainer'],
  consents: ['admin'],
  webhooks: ['admin'],
  audit: ['admin'],
};

export function partsOf(role: Me['role']): ClubPart[] {
  return CLUB_PARTS.filter(part => SEEN_BY[part].includes(role));
}
