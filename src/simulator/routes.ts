// Every request of both protocols comes in here: an operation of the API, the test's own controls, or nothing
// that is known.
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { ServiceError } from './errors.ts';
import { findRoute } from './operation.ts';
import type { Outgoing } from './outgoing.ts';
import { planError } from './plan.ts';
import type { Serve } from './service.ts';

// InvokeModel takes up to 25 MB; Converse requests with media stay below it.
const MAX_BODY_BYTES = 32 * 1024 * 1024;

export type OnRequest = (request: IncomingMessage | Http2ServerRequest, response: Outgoing) => void;

/** Answers a control request, or says that it is none. `body` is the parsed JSON, undefined without one. */
export type Control = (method: string, path: string, body: unknown) => ControlAnswer | null;

export interface ControlAnswer {
  status: number;
  body: unknown;
}

export function createRoutes(serve: Serve, control: Control): OnRequest {
  return (request, response) => {
    const url = request.url ?? '';
    const method = request.method ?? '';
    const route = method === 'POST' ? findRoute(url) : null;
    readBody(request, (body) => {
      if (body === null) return refuse(response, 'RequestEntityTooLargeException');
      if (route !== null) return serve({ route, headers: request.headers, body }, response);
      const answer = answerControl(control, method, url, body);
      if (answer === null) return refuse(response, 'UnknownOperationException');
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(Buffer.from(`${JSON.stringify(answer.body)}\n`));
    });
  };
}

function answerControl(control: Control, method: string, path: string, body: Buffer): ControlAnswer | null {
  try {
    return control(method, path, body.length === 0 ? undefined : JSON.parse(body.toString()));
  } catch (error) {
    return { status: 400, body: { message: String(error) } };
  }
}

function refuse(response: Outgoing, name: string): void {
  const { head, frames } = planError(new ServiceError(name), crypto.randomUUID());
  if (head !== null) response.writeHead(head.status, head.headers);
  response.end(frames.bytes);
}

/** Calls back once with the whole body; with null as soon as it is too long. A caller that leaves is dropped. */
function readBody(request: IncomingMessage | Http2ServerRequest, done: (body: Buffer | null) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    const wasTooLong = length > MAX_BODY_BYTES;
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (!wasTooLong) done(null);
  });
  request.on('end', () => {
    if (length > MAX_BODY_BYTES) return;
    const [first] = chunks;
    done(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks));
  });
  request.on('error', () => chunks.splice(0));
}
