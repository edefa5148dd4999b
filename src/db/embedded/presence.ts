// How processes share one embedded server: each keeps a connection that holds a shared lock. Whoever starts
// finds the server by its lock file and joins; whoever leaves last stops it. A killed process leaves by itself.
import { join } from 'node:path';
import type postgres from 'postgres';
import { leaveSharedLock, shareLock } from '../advisory-lock.ts';
import { connect, type DatabaseConnection } from '../client.ts';
import { answerWithin } from '../unavailable.ts';
import { readPassword, SUPERUSER } from './cluster.ts';
import { EmbeddedPostgresError } from './failure.ts';
import { type Home, SOCKET_FILE } from './home.ts';
import { type Postmaster, readPostmaster } from './postmaster-file.ts';

export interface Presence {
  /** How to reach the server; `database` is not set. */
  readonly connection: DatabaseConnection;
  /** Settles when the connection is lost, and with it our claim. */
  readonly lost: Promise<void>;
  /** Gives up the claim. @returns whether nobody else uses the server; new processes then wait until it is gone. */
  leave(): Promise<boolean>;
  close(): Promise<void>;
}

/** A process that is leaving last holds the lock until its server has stopped. */
const JOIN_WITHIN_MS = 15_000;

/**
 * Joins the server that runs on this data directory.
 * @returns undefined when none answers
 * @throws EmbeddedPostgresError when one runs that we may not use
 */
export async function joinServer(home: Home): Promise<Presence | undefined> {
  const postmaster = readPostmaster(home.data);
  if (!postmaster?.isReady) return undefined;
  const connection = connectionOf(home, postmaster);
  const { promise: lost, resolve: onclose } = withResolver();
  const sql = connect(connection, {
    database: 'postgres',
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    fetch_types: false,
    onclose,
    connection: { application_name: 'brconnector embedded' },
  });
  try {
    await answerWithin(shareLock(sql, 'embeddedServerInUse'), JOIN_WITHIN_MS);
  } catch (error) {
    await sql.end({ timeout: 0 });
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') {
      throw new EmbeddedPostgresError(`Another user's PostgreSQL runs on ${home.data}`, { cause: error });
    }
    return undefined;
  }
  return presenceOf(sql, connection, lost);
}

function presenceOf(sql: postgres.Sql, connection: DatabaseConnection, lost: Promise<void>): Presence {
  return {
    connection,
    lost,
    leave: () => answerWithin(leaveSharedLock(sql, 'embeddedServerInUse')),
    close: () => sql.end({ timeout: 0 }),
  };
}

function connectionOf(home: Home, { socketFolder, port }: Postmaster): DatabaseConnection {
  if (socketFolder !== '') return { path: join(socketFolder, SOCKET_FILE), user: SUPERUSER };
  return { host: '127.0.0.1', port, user: SUPERUSER, password: readPassword(home) };
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
