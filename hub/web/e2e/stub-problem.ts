/** How the stub says no (RFC 9457). */
import type { components } from '../src/api/schema.d.ts';

type Schemas = components['schemas'];

export function problem(status: number, type: string, detail: string, wayOut: string): Response {
  const body: Schemas['Problem'] = {
    type: `urn:sts:problem:${type}`,
    title: detail,
    status,
    detail,
    instance: '/api/v1',
    way_out: wayOut,
    request_id: `stub-${status}-7f3a`,
    faults: [],
  };
  return Response.json(body, { status, headers: { 'content-type': 'application/problem+json' } });
}
