/** What answers a request, given what its path names. */
type Answering = (request: Request, ...ids: string[]) => Response | Promise<Response>;
export type StubRoute = [method: string, path: RegExp, answering: Answering];
