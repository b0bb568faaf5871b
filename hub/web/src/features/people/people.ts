/** The club's athletes: reading, adding, bringing a list, and their parameters. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Preview = components['schemas']['RosterPreview'];
export type Line = components['schemas']['RosterLine'];
export type Parameter = components['schemas']['Parameter'];
export type NewAthlete = components['schemas']['NewAthlete'];
export type NewParameter = components['schemas']['NewParameter'];
export type ParameterName = Parameter['name'];

export const PARAMETER_NAMES = [
  'hr_max',
  'hr_rest',
  'lthr',
  'vt1',
  'vt2',
  'ftp',
  'cp',
  'w_prime',
  'mass',
  'sex',
] as const satisfies readonly ParameterName[];
export const SOURCES = ['measured', 'coach', 'estimate'] as const satisfies readonly Parameter['source'][];

export function addTeam(name: string) {
  return answerOf(api.POST('/api/v1/teams', { body: { name } }));
}

export function addAthlete(body: NewAthlete) {
  return answerOf(api.POST('/api/v1/athletes', { body }));
}

/** What a list would change; nothing is stored. */
export function previewRoster(teamId: string, list: Blob) {
  return answerOf(
    api.POST('/api/v1/teams/{team_id}/roster/preview', {
      params: { path: { team_id: teamId } },
      // the document calls bytes a string, as OpenAPI does
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      body: list as unknown as string,
      bodySerializer: () => list,
      headers: { 'content-type': 'application/octet-stream' },
    }),
  );
}

/** Everybody of a list who is new or changed; all or nobody. */
export function storeRoster(teamId: string, preview: Preview) {
  const people = preview.lines
    .filter(line => line.act === 'add' || line.act === 'change')
    .map(({ athlete_id, name, number, birth_date, contact }) => ({
      athlete_id,
      name,
      number,
      birth_date,
      contact,
    }));
  return answerOf(
    api.POST('/api/v1/teams/{team_id}/roster', {
      params: { path: { team_id: teamId } },
      body: { people },
    }),
  );
}

export function parametersQuery(athleteId: string) {
  return queryOptions({
    queryKey: ['parameters', athleteId],
    queryFn: async () =>
      (
        await answerOf(
          api.GET('/api/v1/athletes/{athlete_id}/parameters', {
            params: { path: { athlete_id: athleteId }, query: { limit: 500 } },
          }),
        )
      ).items,
  });
}

export function addParameter(athleteId: string, body: NewParameter) {
  return answerOf(
    api.POST('/api/v1/athletes/{athlete_id}/parameters', {
      params: { path: { athlete_id: athleteId } },
      body,
    }),
  );
}

export function removeParameter(athleteId: string, parameterId: string) {
  return answerOf(
    api.DELETE('/api/v1/athletes/{athlete_id}/parameters/{parameter_id}', {
      params: { path: { athlete_id: athleteId, parameter_id: parameterId } },
    }),
  );
}

/** The ids of the entries that hold at a time: of each name the newest that has begun. Entries come newest first. */
export function inForce(parameters: readonly Parameter[], atMs: number): ReadonlySet<string> {
  const begun = parameters.filter(one => Date.parse(one.from) <= atMs);
  const newest = new Map(begun.toReversed().map(one => [one.name, one.id]));
  return new Set(newest.values());
}
