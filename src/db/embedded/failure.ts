// The one error of the embedded database.

/** The embedded PostgreSQL cannot run here; the message is one line for the operator, with the way out. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** Added where the operator's way out is a database of their own. */
export const OR_OWN_DATABASE = 'or set DATABASE_URL to a PostgreSQL of your own';
