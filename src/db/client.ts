// One pool of PostgreSQL connections per process, with the query builder on top of it. Fails fast: whoever
// asks a dead database knows within three seconds.
import { randomBytes } from 'node:crypto';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { ARRAY_TYPES } from './array-types.ts';
import { guardTransactions } from './transactions.ts';

/** How to reach a database: a URL, or a unix socket file (`path`), or host and port. */
export interface DatabaseConnection {
  readonly url?: string | undefined;
  readonly path?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly database?: string | undefined;
}

export interface OpenDatabaseOptions {
  connection: DatabaseConnection;
  /** The most connections this process may hold, the one that listens for notifications included. At least 3. */
  maxConnections: number;
  /** IANA name. */
  timeZone: string;
  /** Receives every statement; never its parameters, they hold what users wrote. */
  debug?: ((statement: string) => void) | undefined;
  onnotice?: ((notice: postgres.Notice) => void) | undefined;
}

/** The query builder; columns map snake_case by themselves, `bigint` columns by their own mode. */
export type QueryBuilder = PostgresJsDatabase;

/** What a write verb of one room takes from another, so that both are one commit; or a pool, for a commit of its own. */
export type SqlExecutor = postgres.Sql | postgres.TransactionSql;

/** The same for rooms that use the query builder. */
export type Transaction = Parameters<Parameters<QueryBuilder['transaction']>[0]>[0];

export interface Database {
  /**
   * Raw SQL. Shares drizzle's parsers, so a row holds strings for int8 (also count and sum), numeric and every
   * date and time; int4 is a number, jsonb an object. A jsonb parameter goes in as `${JSON.stringify(x)}::text::jsonb`;
   * a bigint as `${String(n)}::bigint`.
   */
  readonly sql: postgres.Sql;
  /** A few connections apart, for the statements that every request waits for: no report can hold up money. */
  readonly prioritySql: postgres.Sql;
  /** Gives those connections up, with what waits on them, and takes new ones: for a server that does not answer. */
  renewPrioritySql(): void;
  readonly db: QueryBuilder;
  /** Waits up to `graceMs` (default 5000) for running queries, then cuts. Safe to call twice. */
  close(graceMs?: number): Promise<void>;
}

/** With the pause before a reconnect (at most 0.25 s) well within three seconds. Whole seconds only. */
const CONNECT_SECONDS = 2;
const MAX_RECONNECT_PAUSE_SECONDS = 0.25;
/** Idle connections go back to the server after a while; busy ones are renewed, so that load spreads after a failover. */
const IDLE_SECONDS = 300;
const LIFETIME_SECONDS = 1800;

/** Whoever waits longer for a lock has been given up by its caller. */
const STATEMENT_TIMEOUT_MS = 8_000;
const IDLE_IN_TRANSACTION_MS = 10_000;

/** One for holds, one for settlements, one for what a dead connection blocks. */
const PRIORITY_CONNECTIONS = 3;
/** Below this there is one priority connection only. */
const SMALL_POOL = 8;

/** Opens no connection by itself: the first query does. */
export function openDatabase(options: OpenDatabaseOptions): Database {
  const { debug } = options;
  const priorityConnections = options.maxConnections < SMALL_POOL ? 1 : PRIORITY_CONNECTIONS;
  const shared = {
    idle_timeout: IDLE_SECONDS,
    max_lifetime: LIFETIME_SECONDS,
    prepare: true,
    onnotice: options.onnotice ?? ignore,
    ...(debug && { debug: (_connection: number, statement: string) => debug(statement) }),
    connection: {
      // Tells the processes apart, for whoever looks at the server and for `/metrics`.
      application_name: `brconnector ${randomBytes(4).toString('hex')}`,
      TimeZone: options.timeZone,
      // A process that stops in the middle of a change must not keep a wallet locked.
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    },
  };
  const sql = connect(options.connection, {
    ...shared,
    // postgres.js listens on a connection of its own beside the pool.
    max: Math.max(1, options.maxConnections - priorityConnections - 1),
  });
  const connectPriority = () =>
    connect(options.connection, {
      ...shared,
      max: priorityConnections,
      // Its statements are planned once, while `hold` is tiny; a sequential scan chosen then would read more and more
      // dead pages between two vacuums.
      connection: { ...shared.connection, enable_seqscan: 'off', statement_timeout: STATEMENT_TIMEOUT_MS },
    });
  let prioritySql = connectPriority();
  const db = drizzle(sql, { casing: 'snake_case' });
  return {
    sql,
    get prioritySql() {
      return prioritySql;
    },
    renewPrioritySql() {
      const stuck = prioritySql;
      prioritySql = connectPriority();
      void stuck.end({ timeout: 0 });
    },
    db,
    async close(graceMs = 5000) {
      const timeout = graceMs / 1000;
      await Promise.all([sql.end({ timeout }), prioritySql.end({ timeout })]);
    },
  };
}

/**
 * A bare postgres.js client that fails fast, for what is not the pool: migrations, locks, maintenance.
 * Options win over what the connection says.
 */
export function connect(
  connection: DatabaseConnection,
  options: postgres.Options<Record<string, postgres.PostgresType>> = {},
): postgres.Sql {
  const { url, ...parts } = connection;
  const settings = {
    onnotice: ignore,
    fetch_types: false,
    types: ARRAY_TYPES,
    connect_timeout: CONNECT_SECONDS,
    // The library's own pause grows to 20 s: queries would wait that long before they fail.
    backoff: (failures: number) => Math.min(0.01 * 2 ** failures, MAX_RECONNECT_PAUSE_SECONDS),
    ...defined(parts),
    ...options,
  };
  return guardTransactions(url === undefined ? postgres(settings) : postgres(url, settings));
}

/** postgres.js takes a present key with an undefined value for a value. */
function defined<T extends object>(parts: T): Partial<T> {
  // Object.fromEntries forgets the keys' types; only undefined values were removed.
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function ignore(): void {}
