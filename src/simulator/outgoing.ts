// The little that HTTP/1.1 and HTTP/2 answers have in common, and how each connection is cut.
import { ServerResponse } from 'node:http';
import { constants, Http2ServerResponse } from 'node:http2';
import { Socket } from 'node:net';
import type { CutKind } from './script.ts';

/** Satisfied by the responses of node:http and node:http2 alike. */
export interface Outgoing {
  writeHead(status: number, headers: Record<string, string>): unknown;
  write(bytes: Uint8Array): boolean;
  end(): unknown;
  end(bytes: Uint8Array): unknown;
  once(event: 'close' | 'drain', listener: () => void): unknown;
  off(event: 'close' | 'drain', listener: () => void): unknown;
}

/** Sends the head that `writeHead` took; over HTTP/2 it has left already. */
export function flushHead(response: Outgoing): void {
  if (response instanceof ServerResponse) response.flushHeaders();
}

/** Ends the connection under an answer, once what was written before has left. */
export async function cut(response: Outgoing, how: CutKind): Promise<void> {
  // Written bytes leave the process when the event loop has turned; a connection destroyed earlier drops them.
  await new Promise((resolve) => setImmediate(resolve));
  if (response instanceof Http2ServerResponse) {
    if (how === 'reset') response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else response.stream.session?.destroy();
  } else if (response instanceof ServerResponse && response.socket instanceof Socket) {
    if (how === 'reset') response.socket.resetAndDestroy();
    else response.socket.destroy();
  }
}

/** Resolves true when there is room again, false when the caller left. */
export function drained(response: Outgoing, left: AbortSignal): Promise<boolean> {
  if (left.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle);
      left.removeEventListener('abort', settle);
      resolve(!left.aborted);
    };
    response.once('drain', settle);
    left.addEventListener('abort', settle);
  });
}
