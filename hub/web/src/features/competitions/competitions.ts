/** Competitions, their files and facts, and who is in them. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { isoDay } from '@/api/days';
import { wholeList } from '@/api/lists';
import type { components } from '@/api/schema';

export type Competition = components['schemas']['Competition'];
export type ResultFile = components['schemas']['ResultFile'];
export type FilePreview = components['schemas']['FilePreview'];
export type Fact = components['schemas']['Fact'];
export type FactChange = components['schemas']['FactChange'];
export type Competitor = components['schemas']['ResultCompetitor'];
export type AthleteResult = components['schemas']['AthleteResult'];
export type RaceClock = components['schemas']['RaceClock'];
export type SplitRate = components['schemas']['SplitRate'];
export type Content = Fact['content'];

export const competitionsQuery = queryOptions({
  queryKey: ['competitions'],
  queryFn: () => wholeList(part => answerOf(api.GET('/api/v1/competitions', { params: { query: part } }))),
});

export function competitionQuery(id: string) {
  return queryOptions({
    queryKey: ['competitions', id],
    queryFn: () =>
      answerOf(
        api.GET('/api/v1/competitions/{competition_id}', { params: { path: { competition_id: id } } }),
      ),
  });
}

/** What stands; asked for again, since officials correct while somebody looks. */
export function factsQuery(id: string) {
  return queryOptions({
    queryKey: ['competitions', id, 'facts'],
    queryFn: () =>
      wholeList(part =>
        answerOf(
          api.GET('/api/v1/competitions/{competition_id}/facts', {
            params: { path: { competition_id: id }, query: part },
          }),
        ),
      ),
    refetchInterval: 60_000,
  });
}

export function competitorsQuery(id: string) {
  return queryOptions({
    queryKey: ['competitions', id, 'competitors'],
    queryFn: () =>
      wholeList(part =>
        answerOf(
          api.GET('/api/v1/competitions/{competition_id}/competitors', {
            params: { path: { competition_id: id }, query: part },
          }),
        ),
      ),
  });
}

export function filesQuery(id: string) {
  return queryOptions({
    queryKey: ['competitions', id, 'files'],
    queryFn: () =>
      wholeList(part =>
        answerOf(
          api.GET('/api/v1/competitions/{competition_id}/files', {
            params: { path: { competition_id: id }, query: part },
          }),
        ),
      ),
    refetchInterval: 60_000,
  });
}

export function changesQuery(id: string, fileId: number) {
  return queryOptions({
    queryKey: ['competitions', id, 'files', fileId, 'changes'],
    queryFn: () =>
      wholeList(part =>
        answerOf(
          api.GET('/api/v1/competitions/{competition_id}/files/{file_id}/changes', {
            params: { path: { competition_id: id, file_id: fileId }, query: part },
          }),
        ),
      ),
    // what a file changed stays so
    staleTime: Infinity,
  });
}

export function versionsQuery(id: string, factId: number) {
  return queryOptions({
    queryKey: ['competitions', id, 'facts', factId, 'versions'],
    queryFn: () =>
      answerOf(
        api.GET('/api/v1/competitions/{competition_id}/facts/{fact_id}/versions', {
          params: { path: { competition_id: id, fact_id: factId } },
        }),
      ),
  });
}

export function ratesQuery(id: string, factId: number) {
  return queryOptions({
    queryKey: ['competitions', id, 'facts', factId, 'rates'],
    queryFn: () =>
      answerOf(
        api.GET('/api/v1/competitions/{competition_id}/facts/{fact_id}/heart-rate', {
          params: { path: { competition_id: id, fact_id: factId } },
        }),
      ),
  });
}

export function clocksQuery(id: string) {
  return queryOptions({
    queryKey: ['competitions', id, 'clocks'],
    queryFn: () =>
      answerOf(
        api.GET('/api/v1/competitions/{competition_id}/clocks', { params: { path: { competition_id: id } } }),
      ),
  });
}

export function ownResultsQuery(athleteId: string) {
  return queryOptions({
    queryKey: ['results', athleteId],
    queryFn: () =>
      wholeList(part =>
        answerOf(
          api.GET('/api/v1/athletes/{athlete_id}/results', {
            params: { path: { athlete_id: athleteId }, query: part },
          }),
        ),
      ),
  });
}

export function addCompetition(body: components['schemas']['NewCompetition']) {
  return answerOf(api.POST('/api/v1/competitions', { body }));
}

export function setClock(id: string, body: components['schemas']['NewRaceClock']) {
  return answerOf(
    api.PUT('/api/v1/competitions/{competition_id}/clocks', {
      params: { path: { competition_id: id } },
      body,
    }),
  );
}

export function sayWhoItIs(id: string, competitorId: number, athleteId: string | null) {
  return answerOf(
    api.PUT('/api/v1/competitions/{competition_id}/competitors/{competitor_id}/athlete', {
      params: { path: { competition_id: id, competitor_id: competitorId } },
      body: { athlete_id: athleteId },
    }),
  );
}

/** A file as it is sent: whole and as its program wrote it. The document calls bytes a string, as OpenAPI does. */
function bytes(file: File) {
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    body: file as unknown as string,
    bodySerializer: () => file,
    headers: { 'content-type': 'application/octet-stream' },
  };
}

/** What a file would do; without a competition it must name its own. */
export function previewFile(id: string | null, file: File) {
  const query = { name: file.name };
  return id === null
    ? answerOf(api.POST('/api/v1/competitions/files/preview', { params: { query }, ...bytes(file) }))
    : answerOf(
        api.POST('/api/v1/competitions/{competition_id}/files/preview', {
          params: { path: { competition_id: id }, query },
          ...bytes(file),
        }),
      );
}

export function sendFile(id: string | null, file: File) {
  const query = { name: file.name };
  return id === null
    ? answerOf(api.POST('/api/v1/competitions/files', { params: { query }, ...bytes(file) }))
    : answerOf(
        api.POST('/api/v1/competitions/{competition_id}/files', {
          params: { path: { competition_id: id }, query },
          ...bytes(file),
        }),
      );
}

/** The day that a competition is listed by: its first, else the one it was added on. */
export function dayOf({ first_day, added_at }: Competition): string {
  return first_day ?? isoDay(new Date(added_at));
}

export interface Season {
  name: string;
  competitions: Competition[];
}

/** A season runs from July to June: winter leagues and indoor meets are not torn at New Year. */
const SEASON_BEGINS = 7;

export function seasonOf(day: string): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  const first = month >= SEASON_BEGINS ? year : year - 1;
  return `${first}/${String((first + 1) % 100).padStart(2, '0')}`;
}

/** Competitions by seasons, the newest first in each. */
export function seasonsOf(competitions: readonly Competition[]): Season[] {
  const seasons = new Map<string, Competition[]>();
  for (const one of competitions.toSorted((a, b) => dayOf(b).localeCompare(dayOf(a)))) {
    const name = seasonOf(dayOf(one));
    seasons.set(name, [...(seasons.get(name) ?? []), one]);
  }
  return [...seasons].map(([name, found]) => ({ name, competitions: found }));
}
