// How this process stands with its database, asked of the database itself: the driver does not tell.
import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics-registry.ts';

const STATES = ['active', 'idle', 'idle in transaction', 'idle in transaction (aborted)', 'other'] as const;

export function addDatabaseGauges(
  metrics: Pick<Metrics, 'gauge'>,
  { sql, isReachable }: Pick<FastifyInstance['database'], 'sql' | 'isReachable'>,
  maxConnections: number,
): void {
  metrics.gauge({
    name: 'database_up',
    help: '1 if the database answers within two seconds.',
    read: async () => ((await isReachable()) ? 1 : 0),
  });
  metrics.gauge({
    name: 'database_connections_max',
    help: 'The most connections this process may hold (PGSQL_MAX).',
    read: () => maxConnections,
  });
  metrics.gauge({
    name: 'database_connections',
    help: 'Connections of this process by what they do.',
    label: 'state',
    async read() {
      // Each process has an application name of its own.
      const rows = await sql<{ state: string | null; count: number }[]>`
        select state, count(*)::int as count from pg_stat_activity
        where application_name = current_setting('application_name') and datname = current_database()
        group by state`;
      const counts = Object.fromEntries(STATES.map((state) => [state, 0]));
      for (const { state, count } of rows) {
        const known = STATES.find((candidate) => candidate === state) ?? 'other';
        counts[known] = (counts[known] ?? 0) + count;
      }
      return counts;
    },
  });
}
