// Transactions whose connection may go at any time. postgres.js 3.4.9 then writes its ROLLBACK to a socket that is not
// there: the process ends with an uncaught TypeError, and what is left of the connection poisons its place in the pool
// (porsager/postgres#1154, #1168). So nothing is written any more once a connection is lost; the server rolls back.
import type postgres from 'postgres';

/** After an error that says so, the connection closes within moments; if it does not, it was not lost. */
const CLOSES_WITHIN_MS = 2_000;

type Work = (tx: postgres.TransactionSql) => unknown;

/** Makes `begin` (and with it drizzle's `transaction`) of a client safe; changes the client. */
export function guardTransactions(sql: postgres.Sql): postgres.Sql {
  // Its two overloads as one: what it is given is passed on.
  const begin = sql.begin.bind(sql) as (...args: unknown[]) => Promise<unknown>;
  const guarded = (...args: unknown[]) => {
    const connection = { isLost: false };
    // Its last argument, in both of its forms.
    const work = args.pop() as Work;
    const running = begin(...args, guardWork(work, connection));
    running.catch(() => {
      connection.isLost = true;
    });
    return running;
  };
  return Object.assign(sql, { begin: guarded });
}

function guardWork(work: Work, connection: { isLost: boolean }): Work {
  return async (tx) => {
    try {
      const result = await work(guardStatements(tx, connection));
      if (!connection.isLost) return result;
    } catch (error) {
      if (!connection.isLost && isFatal(error)) await untilClosed();
      if (!connection.isLost) throw error;
    }
    // `begin` has rejected already; what came back from here would only make it write COMMIT or ROLLBACK.
    return new Promise<never>(() => undefined);
  };
}

/** Refuses statements on a connection that went while the work was busy elsewhere. */
function guardStatements(
  tx: postgres.TransactionSql,
  connection: { isLost: boolean },
): postgres.TransactionSql {
  const assertAlive = () => {
    if (connection.isLost) throw new ConnectionLostError();
  };
  return new Proxy(tx, {
    apply(target, self, args) {
      assertAlive();
      return Reflect.apply(target, self, args);
    },
    get(target, name, receiver) {
      if (name === 'savepoint')
        return (...args: unknown[]) => {
          assertAlive();
          const work = args.pop() as Work;
          return Reflect.apply(target.savepoint, target, [...args, guardWork(work, connection)]);
        };
      if (name === 'unsafe') assertAlive();
      return Reflect.get(target, name, receiver);
    },
  });
}

class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
  readonly code = 'CONNECTION_CLOSED';
}

/** Of the socket, of postgres.js, or of a server that closes the connection after it. */
function isFatal(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('severity' in cause) return cause.severity === 'FATAL' || cause.severity === 'PANIC';
    if ('code' in cause && /^(CONNECTION_|E[A-Z]+$)/.test(String(cause.code))) return true;
  }
  return false;
}

/** The loss is told to `begin` first, and marked from there. */
function untilClosed(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, CLOSES_WITHIN_MS).unref());
}
