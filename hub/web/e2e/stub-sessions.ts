/** Sessions of paper: one that ended, one that is planned, and the numbers of the first. */
import type { components } from '../src/api/schema.d.ts';
import { SQUAD, TEAMS } from './stub-squad.ts';

type Schemas = components['schemas'];

const HOUR_MS = 3_600_000;
export const STUB_SESSION = '00000000-0000-4000-8000-000000007001';
const TEAM = TEAMS[0]?.id ?? '';
const ZONE_SECONDS = [300, 900, 1500, 1800, 700, 200];
const POINTS = [1, 2, 3, 4, 5];

/** The stub's sessions lie around now, so that the week it opens with is not empty. */
export function stubSessions(nowMs: number): Schemas['SessionEntry'][] {
  const at = (hours: number) => new Date(nowMs + hours * HOUR_MS).toISOString();
  return [
    {
      id: STUB_SESSION,
      team_id: TEAM,
      kind: 'training',
      name: 'Intervals on the pitch',
      state: 'ended',
      planned_from: at(-3),
      planned_to: at(-1.5),
      started_at: at(-3),
      ended_at: at(-1.5),
    },
    {
      id: '00000000-0000-4000-8000-000000007002',
      team_id: TEAM,
      kind: 'match',
      name: 'Against the harbour side',
      state: 'planned',
      planned_from: at(0.5),
      planned_to: at(2.5),
      started_at: null,
      ended_at: null,
    },
  ];
}

export function stubSummary(nowMs: number, computedMs = nowMs - 1.4 * HOUR_MS): Schemas['SessionSummary'] {
  const at = (hours: number) => new Date(nowMs + hours * HOUR_MS).toISOString();
  return {
    session_id: STUB_SESSION,
    from: at(-3),
    to: at(-1.5),
    complete: true,
    complete_at: at(-1.4),
    athletes: SQUAD.map((athlete, index) => ({
      athlete_id: athlete.id,
      revision: index === 0 ? 2 : 1,
      computed_at: new Date(computedMs).toISOString(),
      because: index === 0 ? ['data'] : [],
      revised: index === 0 ? 'revised +2 %' : null,
      complete: true,
      complete_at: at(-1.4),
      stretches: index === 1 ? [silence(at(-2), at(-1.9))] : [],
      numbers: numbersOf(index),
      phases: [],
    })),
  };
}

function silence(from: string, to: string): Schemas['AthleteSummary']['stretches'][number] {
  return { word: 'silent', from, to, records: null, reason: '', why: '' };
}

function numbersOf(index: number): Schemas['Number'][] {
  const seconds = ZONE_SECONDS.map((part, zone) => part + (zone === 3 ? 10 * index : 0));
  const load = POINTS.reduce((sum, points) => sum + (points * (seconds[points] ?? 0)) / 60, 0);
  return [
    number(index, 'heart_rate', 'time_weighted', { mean: 140 + index, highest: 180 + (index % 9) }, '/min'),
    number(index, 'trimp', 'edwards', { load }, '{AU}'),
    number(index, 'time_in_zone', 'percent_of_max', { zone: seconds, missing: 0 }, 's'),
  ];
}

function number(
  index: number,
  formula: string,
  variant: string,
  values: Record<string, number | number[]>,
  unit: string,
): Schemas['Number'] {
  const id = `00000000-0000-4000-8000-${formula.length.toString().padStart(4, '0')}${index.toString().padStart(8, '0')}`;
  return {
    id,
    formula,
    version: 1,
    variant,
    values,
    units: Object.fromEntries(Object.keys(values).map(name => [name, unit])),
    coverage_percent: 99.6,
    reason: null,
    estimate: false,
    parameters: { hr_max: 196 },
    settings: { max_gap_s: 10 },
    revision: index === 0 ? 2 : 1,
    changes:
      index === 0 && formula === 'trimp' ? [{ output: 'load', before: 250, after: 255, percent: 2 }] : [],
  };
}
