/** A session's name and borders as they are edited, and what of an edit is sent. */
import { fromLocalField, toLocalField } from '@/live/times';
import type { SessionChange } from './planning';
import type { Session } from '@/api/sessions';

export const EDITED = ['name', 'planned_from', 'planned_to', 'started_at', 'ended_at'] as const;
export type EditedField = (typeof EDITED)[number];
export type Fields = Readonly<Record<EditedField, string>>;

/** What can be edited in each state: a session that has not begun has no begin to correct. */
export const EDITABLE: Record<Session['state'], readonly EditedField[]> = {
  planned: ['name', 'planned_from', 'planned_to'],
  running: ['name', 'planned_from', 'planned_to', 'started_at'],
  ended: ['name', 'started_at', 'ended_at'],
};

const local = (when: string | null) => (when === null ? '' : toLocalField(Date.parse(when)));

export function fieldsOf(session: Session): Fields {
  return {
    name: session.name,
    planned_from: local(session.planned_from),
    planned_to: local(session.planned_to),
    started_at: local(session.started_at),
    ended_at: local(session.ended_at),
  };
}

/** The fields that were edited, compared with how they were read. */
export function editedOf(before: Fields, fields: Fields): EditedField[] {
  return EDITED.filter(field => before[field] !== fields[field]);
}

/** Only what was edited is sent: what somebody else has put elsewhere stays. */
export function changeOf(fields: Fields, edited: readonly EditedField[]): SessionChange {
  return Object.fromEntries(edited.map(field => [field, valueOf(field, fields[field])]));
}

function valueOf(field: EditedField, text: string): string | null {
  if (field === 'name') return text.trim();
  const ms = fromLocalField(text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
