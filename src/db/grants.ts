// Two roles: one owns the tables and migrates, the other serves and cannot change what is append-only, whatever code
// it runs. Triggers refuse the same, but an owner can drop a trigger.
import { connect, type DatabaseConnection } from './client.ts';

/** Only ever added to. */
const APPEND_ONLY = ['ledger', 'audit_log'];

/**
 * Gives the serving role what it needs, after the owner has migrated. Does nothing if both are the same role.
 * @returns the serving role's name
 */
export async function grantToServingRole(
  owner: DatabaseConnection,
  serving: DatabaseConnection,
): Promise<string> {
  const role = await currentRole(serving);
  const sql = connect(owner, { max: 1, connection: { application_name: 'brconnector migrate' } });
  try {
    const [{ is_owner: isOwner }] = await sql<
      [{ is_owner: boolean }]
    >`select current_user = ${role} as is_owner`;
    if (isOwner) return role;
    const name = sql(role);
    await sql.begin(async (tx) => {
      // It looks at what has been migrated, so that it can start without the owner's credentials.
      await tx`grant usage on schema public, drizzle to ${name}`;
      await tx`grant select on all tables in schema drizzle to ${name}`;
      await tx`grant select, insert, update, delete on all tables in schema public to ${name}`;
      await tx`grant usage, select on all sequences in schema public to ${name}`;
      await tx`revoke update, delete, truncate on ${sql(APPEND_ONLY)} from ${name}`;
    });
    return role;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function currentRole(connection: DatabaseConnection): Promise<string> {
  const sql = connect(connection, { max: 1 });
  try {
    const [{ role }] = await sql<[{ role: string }]>`select current_user as role`;
    return role;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
