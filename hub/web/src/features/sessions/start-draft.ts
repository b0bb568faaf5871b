/** What a coach has chosen for a new session, and what of it is sent. */
import { fromLocalField } from '@/live/times';
import type { Absence, Kind, NewSession, Template } from './planning';

export const STEPS = ['what', 'who', 'check'] as const;
export type Step = (typeof STEPS)[number];

export interface Draft {
  name: string;
  kind: Kind;
  templateId: string;
  when: 'now' | 'later';
  /** Local, as a datetime-local field has it. */
  at: string;
  minutes: string;
  liveData: boolean;
  /** What was said of athletes; of whom nothing was said, the absences decide. */
  chosen: ReadonlyMap<string, boolean>;
  groups: ReadonlyMap<string, string>;
  /** Names the change: sent twice under it, the session is made once. Another draft has another. */
  key: string;
}

export function newDraft(at: string): Draft {
  return {
    name: '',
    kind: 'training',
    templateId: '',
    when: 'now',
    at,
    minutes: '90',
    liveData: true,
    chosen: new Map(),
    groups: new Map(),
    key: crypto.randomUUID(),
  };
}

/** The draft with other fields. */
export function drawn(draft: Draft, change: Partial<Draft>): Draft {
  return { ...draft, ...change, key: crypto.randomUUID() };
}

/** The template's name and kind come into the draft, where they can be changed. */
export function fromTemplate(draft: Draft, template: Template | undefined): Draft {
  if (template === undefined) return drawn(draft, { templateId: '' });
  return drawn(draft, { templateId: template.id, name: template.name, kind: template.kind });
}

/** Whoever cannot train at all stays out until somebody says otherwise. */
export function takesPart(draft: Draft, athleteId: string, absence: Absence | undefined): boolean {
  return draft.chosen.get(athleteId) ?? absence?.training !== 'none';
}

/** The first thing that is missing, by the name of its sentence; null when the draft can be sent. */
export function lackOf(draft: Draft): 'needsName' | 'needsTime' | null {
  if (draft.name.trim() === '') return 'needsName';
  if (draft.when === 'later' && Number.isNaN(fromLocalField(draft.at))) return 'needsTime';
  return null;
}

export function bodyOf(draft: Draft, teamId: string, roster: readonly string[]): NewSession {
  const fromMs = fromLocalField(draft.at);
  const minutes = Number(draft.minutes);
  const times =
    draft.when === 'now'
      ? {}
      : {
          planned_from: new Date(fromMs).toISOString(),
          planned_to: minutes > 0 ? new Date(fromMs + minutes * 60_000).toISOString() : null,
        };
  return {
    team_id: teamId,
    kind: draft.kind,
    name: draft.name.trim(),
    template_id: draft.templateId === '' ? null : draft.templateId,
    live_data: draft.liveData,
    notes: '',
    roster: roster.map(athlete => ({
      athlete_id: athlete,
      group: draft.groups.get(athlete)?.trim() || null,
    })),
    ...times,
  };
}
