// A wire between a gateway and its database that a test can cut, or let hang, and join again.
import type { Test } from 'tap';
import { type DatabaseConnection, openDatabase } from '../../src/db/client.ts';
import type { TestDatabase } from './database.ts';
import { startWire, type Wire, type WireEnd } from './wire.ts';

export interface DatabaseProxy extends Omit<Wire, 'port'> {
  /** The same database, reached through the wire. */
  readonly database: TestDatabase;
}

export async function startDatabaseProxy(test: Test, target: TestDatabase): Promise<DatabaseProxy> {
  const { port, ...wire } = await startWire(endOf(target.connection));
  test.teardown(wire.cut);
  const { url, path: _path, ...rest } = target.connection;
  const connection = url === undefined ? { ...rest, host: '127.0.0.1', port } : { url: through(url, port) };
  return {
    ...wire,
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

function endOf({ path, url, host, port }: DatabaseConnection): WireEnd {
  if (path !== undefined) return { path };
  if (url === undefined) return { host: host ?? '127.0.0.1', port: port ?? 5432 };
  const { hostname, port: named } = new URL(url);
  return { host: hostname, port: Number(named || 5432) };
}

function through(url: string, port: number): string {
  const proxied = new URL(url);
  proxied.host = `127.0.0.1:${port}`;
  return proxied.href;
}
