/** Why a request did not give what was asked, told apart by what the person can do about it. */

interface ProblemDetails {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  /** Who must act and how. */
  way_out?: string;
  request_id?: string;
}

/** The hub answered, and said no (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly type: string;
  readonly wayOut: string;
  /** What to quote to those who run the hub; empty when the answer carried none. */
  readonly id: string;

  constructor(status: number, details: ProblemDetails) {
    super(details.detail ?? details.title ?? `The hub answered with status ${status}.`);
    this.status = status;
    this.type = details.type ?? 'about:blank';
    this.wayOut = details.way_out ?? '';
    this.id = details.request_id ?? '';
  }
}

/** Nobody answered, or only a proxy in front of a hub that is not there. */
export class HubUnreachable extends Error {
  override readonly name = 'HubUnreachable';

  constructor() {
    super('The hub cannot be reached. Check that this device is on the right network, then try again.');
  }
}

const PROXY_WITHOUT_HUB = new Set([502, 503, 504]);

/** Turns an answer that is not a success into the error it stands for. */
export function failureOf(response: Response, body: unknown): Problem | HubUnreachable {
  const details = isDetails(body) ? body : undefined;
  if (details === undefined && PROXY_WITHOUT_HUB.has(response.status)) return new HubUnreachable();
  return new Problem(response.status, details ?? {});
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof Problem && error.status === 401;
}

function isDetails(body: unknown): body is ProblemDetails {
  return typeof body === 'object' && body !== null && ('title' in body || 'detail' in body || 'type' in body);
}
