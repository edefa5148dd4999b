// Limits set as an administrator's change sets them, and read from answers.
import type { ApiAnswer, NewKey, TestGateway } from '../../helpers/gateway.ts';

export interface TestLimits {
  requests?: number;
  tokens?: number;
  parallel?: number;
}

export async function limitKey(gateway: TestGateway, key: NewKey, limits: TestLimits): Promise<void> {
  await gateway.database
    .sql`update virtual_key set ${gateway.database.sql(columns(limits))} where id = ${key.id}`;
  gateway.app.principals.forget();
}

export async function limitGroup(gateway: TestGateway, groupId: number, limits: TestLimits): Promise<void> {
  await gateway.database
    .sql`update key_group set ${gateway.database.sql(columns(limits))} where id = ${groupId}`;
  gateway.app.principals.forget();
}

function columns({ requests, tokens, parallel }: TestLimits) {
  return {
    requests_per_minute: requests ?? null,
    tokens_per_minute: tokens ?? null,
    parallel_requests: parallel ?? null,
  };
}

/** What an answer says is left. */
export function remaining(
  { headers }: Pick<ApiAnswer, 'headers'>,
  unit: 'requests' | 'tokens',
): number | null {
  const value = headers.get(`x-ratelimit-remaining-${unit}`);
  return value === null ? null : Number(value);
}

export function rateLimitHeaders({ headers }: Pick<ApiAnswer, 'headers'>): string[] {
  return [...headers.keys()].filter((name) => name.startsWith('x-ratelimit-')).sort();
}
