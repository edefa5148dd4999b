// A wire to a TCP port or a unix socket that can be cut, or let hang, and joined again.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type WireEnd = { path: string } | { host: string; port: number };

export interface Wire {
  /** Of 127.0.0.1; stays the same when it is cut and joined again. */
  readonly port: number;
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Keeps connections open, and accepts new ones, but carries nothing. */
  hang(): void;
  /** Carries again; what hung is dropped. */
  join(): Promise<void>;
}

export async function startWire(end: WireEnd): Promise<Wire> {
  const sockets = new Set<Socket>();
  let isHanging = false;
  const server = createServer((near) => {
    track(near);
    if (isHanging) return;
    const far = 'path' in end ? connect(end.path) : connect(end.port, end.host);
    track(far);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server has a port.
  const { port } = server.address() as AddressInfo;

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  }

  return {
    port,
    async cut() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    hang() {
      isHanging = true;
      for (const socket of sockets) socket.unpipe();
    },
    async join() {
      isHanging = false;
      for (const socket of sockets) socket.destroy();
      if (server.listening) return;
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
}
