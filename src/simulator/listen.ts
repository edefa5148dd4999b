// One port for HTTP/1.1 and cleartext HTTP/2: the first bytes of a connection tell which it speaks.
import { createServer as createHttp1Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { OnRequest } from './routes.ts';

// RFC 9113, section 3.4: a client with prior knowledge begins with `PRI * HTTP/2.0`. No HTTP/1.1 method does.
const HTTP2_BEGINS = Buffer.from('PRI');

export interface Listener {
  port: number;
  /** Ends every connection at once, and the port. */
  close(): Promise<void>;
}

export interface ListenOptions {
  host: string;
  /** 0: any free one. */
  port: number;
}

/** Rejects when the port cannot be had. */
export async function listen(onRequest: OnRequest, { host, port }: ListenOptions): Promise<Listener> {
  // Idle connections are kept: a pool must not lose one just as it sends.
  const http1 = createHttp1Server({ keepAliveTimeout: 0 }, onRequest);
  const http2 = createHttp2Server(onRequest);
  http2.on('sessionError', ignore);
  http2.on('stream', (stream) => stream.on('error', ignore));
  const sockets = new Set<Socket>();

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', ignore);
    sniff(socket, (isHttp2) => {
      // Nobody half-closes an HTTP/2 connection: its caller is gone, streams or not.
      if (isHttp2) socket.once('end', () => socket.destroy());
      (isHttp2 ? http2 : http1).emit('connection', socket);
    });
  });
  await listening(server, host, port);
  return {
    port: portOf(server),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function sniff(socket: Socket, tell: (isHttp2: boolean) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const onEnd = () => socket.destroy();
  const onData = (chunk: Buffer) => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, HTTP2_BEGINS.length);
    const isHttp2 = seen.subarray(0, length).equals(HTTP2_BEGINS.subarray(0, length));
    if (isHttp2 && length < HTTP2_BEGINS.length) return;
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.pause();
    socket.unshift(seen);
    tell(isHttp2);
    // node:http2 reads what is buffered by itself and takes the socket's handle over; node:http wants a flow.
    if (!isHttp2) socket.resume();
  };
  socket.on('data', onData);
  socket.on('end', onEnd);
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  // A server that listens on TCP has an AddressInfo; a string would be the path of a pipe.
  return (server.address() as AddressInfo).port;
}

// The other side's broken connections are its own affair.
function ignore(): void {}
