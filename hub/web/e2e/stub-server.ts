/** Puts the stub hub behind HTTP: as a middleware of Vite, or as a server of the built app under its content policy. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { Readable } from 'node:stream';
import { StubHub } from './stub-hub.ts';

/** Stricter or equal to what any real server of this app sends: a page that passes here passes there. */
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A request handler: the API's requests to the stub, others to whoever comes next. */
export function handlerOf(hub: StubHub, next: (request: IncomingMessage, response: ServerResponse) => void) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url?.startsWith('/api/')) void answerApi(hub, request, response);
    else next(request, response);
  };
}

async function answerApi(hub: StubHub, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await hub.handle(await webRequest(request));
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) response.end();
  else await pipe(answer.body, response);
}

async function webRequest(request: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  );
  const body = chunks.length > 0 ? Buffer.concat(chunks) : null;
  return new Request(`http://${request.headers.host}${request.url}`, {
    method: request.method ?? 'GET',
    headers,
    body,
  });
}

async function pipe(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  response.flushHeaders();
  const reader = body.getReader();
  response.on('close', () => void reader.cancel().catch(() => undefined));
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) response.write(part.value);
    response.end();
  } catch {
    response.destroy(); // the stub broke the stream on purpose
  }
}

export interface StubServer {
  hub: StubHub;
  url: string;
  close: () => void;
}

/** Serves a built app and the stub's API on a port of loopback; 0 takes a free one. */
export async function serveBuilt(folder: string, { port = 0, signedIn = true } = {}): Promise<StubServer> {
  const hub = new StubHub({ signedIn });
  hub.live.start();
  const server = createServer(handlerOf(hub, (request, response) => answerFile(folder, request, response)));
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  return { hub, url: `http://127.0.0.1:${portOf(server)}`, close: () => stop(hub, server) };
}

function portOf(server: Server): number {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server that listens has such an address
  return (server.address() as AddressInfo).port;
}

function stop(hub: StubHub, server: Server): void {
  hub.live.stop();
  server.close();
  server.closeAllConnections();
}

function answerFile(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const path = normalize(new URL(request.url ?? '/', 'http://stub').pathname);
  const file = join(folder, path);
  const found = existsSync(file) && statSync(file).isFile() ? file : join(folder, 'index.html');
  response.writeHead(200, {
    'content-type': TYPES[extname(found)] ?? 'application/octet-stream',
    'content-security-policy': CONTENT_POLICY,
  });
  Readable.from(createReadStream(found)).pipe(response);
}
