import createClient from 'openapi-fetch';
import { HubUnreachable, failureOf } from './problem';
import type { paths } from './schema';

const SAFE = new Set(['GET', 'HEAD']);

export const api = createClient<paths>({
  // asked for at each call, so that a test can put its own in place
  fetch: request => globalThis.fetch(request),
  baseUrl: globalThis.location.origin,
});

api.use({
  onRequest({ request }) {
    // another site's form cannot set a header: the hub refuses unsafe requests without it
    if (!SAFE.has(request.method)) request.headers.set('X-STS-Request', '1');
    return request;
  },
});

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of an answer; throws Problem or HubUnreachable instead of answering with half of one. */
export async function answerOf<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>;
  try {
    answer = await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new HubUnreachable();
  }
  if (!answer.response.ok) throw failureOf(answer.response, answer.error);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a success has its data; that of a 204 is undefined
  return answer.data as Data;
}

/** Something of the hub with the name of its state, which an edit of it sends back as If-Match. */
export type Tagged<Thing> = Thing & { edition: string };

/** The data of an answer with its ETag. */
export async function taggedAnswerOf<Thing>(asked: Promise<Answer<Thing>>): Promise<Tagged<Thing>> {
  const thing = await answerOf(asked);
  return { ...thing, edition: (await asked).response.headers.get('ETag') ?? '' };
}
