// draft, replaced by the generated file as soon as protocols/openapi.json is there
type Json<T> = { content: { 'application/json': T } };
export interface paths {
  '/api/v1/session': {
    post: { parameters: {}; requestBody: Json<{ email: string; password: string }>; responses: { 200: Json<components['schemas']['Me']> } };
    delete: { parameters: {}; responses: { 204: { content: {} } } };
  };
  '/api/v1/me': { get: { parameters: {}; responses: { 200: Json<components['schemas']['Me']> } } };
  '/api/v1/teams': { get: { parameters: { query?: { limit?: number } }; responses: { 200: Json<{ items: components['schemas']['Team'][]; next: string | null }> } } };
  '/api/v1/athletes/{athlete_id}': { get: { parameters: { path: { athlete_id: string } }; responses: { 200: Json<components['schemas']['Athlete']> } } };
  '/api/v1/athletes/{athlete_id}/samples': {
    get: {
      parameters: { path: { athlete_id: string }; query: { metric: string; from: string; to: string; pixels: number } };
      responses: { 200: Json<{ series: components['schemas']['Series'][] }> };
    };
  };
}
export interface components {
  schemas: {
    Me: { id: string; name: string; email: string; role: string; club: { id: string; name: string } };
    Team: { id: string; name: string };
    Athlete: { id: string; name: string; number: number | null; hr_max: number | null; team_id: string };
    Series: { metric: string; unit: string; t: number[]; value: (number | null)[]; low: (number | null)[]; high: (number | null)[]; quality: string[]; coverage: number | null };
  };
}
