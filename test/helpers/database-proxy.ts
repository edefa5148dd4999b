// A wire between a gateway and its database that a test can cut, or let hang, and join again.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Test } from 'tap';
import { openDatabase } from '../../src/db/client.ts';
import type { TestDatabase } from './database.ts';

export interface DatabaseProxy {
  /** The same database, reached through the wire. */
  readonly database: TestDatabase;
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Keeps connections open, and accepts new ones, but carries nothing. */
  hang(): void;
  /** Carries again; what hung is dropped. */
  join(): Promise<void>;
}

export async function startDatabaseProxy(test: Test, target: TestDatabase): Promise<DatabaseProxy> {
  const sockets = new Set<Socket>();
  let isHanging = false;
  const server = createServer((near) => {
    track(near);
    if (isHanging) return;
    const { path, host, port, url } = target.connection;
    const far =
      path !== undefined
        ? connect(path)
        : url !== undefined
          ? connect(Number(new URL(url).port || 5432), new URL(url).hostname)
          : connect(port ?? 5432, host ?? '127.0.0.1');
    track(far);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server has a port.
  const { port } = server.address() as AddressInfo;
  test.teardown(cut);

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  }

  async function cut(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  const { url, path: _path, ...rest } = target.connection;
  const connection = url === undefined ? { ...rest, host: '127.0.0.1', port } : { url: through(url, port) };
  return {
    cut,
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
    database: {
      ...target,
      connection,
      open({ maxConnections = 10, timeZone = 'UTC' } = {}) {
        const database = openDatabase({ connection, maxConnections, timeZone });
        test.teardown(() => database.close(0));
        return database;
      },
    },
  };
}

function through(url: string, port: number): string {
  const proxied = new URL(url);
  proxied.host = `127.0.0.1:${port}`;
  return proxied.href;
}
