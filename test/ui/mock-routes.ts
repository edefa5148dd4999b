// What the mock gateway answers on `/admin/*` and `/user/*`: the shapes of the real schemas over data in memory.
import type { GroupRow } from '../../src/plugins/groups/schemas.ts';
import type { ImportReport } from '../../src/plugins/keys/import/schemas.ts';
import type { ApplyBody, KeyRow, KeyWithSecret } from '../../src/plugins/keys/schemas.ts';
import type { TotalStatistics } from '../../src/plugins/stats/schemas.ts';
import type { ThreadDetail, ThreadRow } from '../../src/plugins/threads/schemas.ts';
import { createMockAlerts } from './mock-alerts.ts';
import { createMockCatalogue } from './mock-catalogue.ts';
import {
  makeGroups,
  makeKeys,
  makeLedger,
  makePayments,
  makeReceipt,
  makeSessions,
  makeThread,
  NO_RULES,
} from './mock-data.ts';
import { createMockMoney } from './mock-money.ts';
import { createMockReconciliation } from './mock-reconciliation.ts';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The signed-in key; null for the bootstrap key. */
  keyId: number | null;
}

export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly param: string | null;
  constructor(status: number, code: string, message: string, param: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }
}

const missing = () => new Refusal(404, 'NOT_FOUND', 'There is no such row.');
const EXCERPT = 200;
export const NEW_SECRET = 'br-0123456789abcdefghijABCDEFGHIJ0123456789';

export function toRow(thread: ThreadDetail): ThreadRow {
  const { id, session_id, key_id, model, tokens_in, tokens_out, fee, status, created_at } = thread;
  const [prompt, completion] = [thread.prompt.slice(0, EXCERPT), thread.completion.slice(0, EXCERPT)];
  return {
    id,
    session_id,
    key_id,
    model,
    prompt,
    completion,
    tokens_in,
    tokens_out,
    fee,
    status,
    created_at,
  };
}

/** Lines whose name begins with `bad` are wrong. */
function importKeys({ body, query }: Asked, apply: (body: ApplyBody) => KeyWithSecret): ImportReport {
  const isDryRun = query.get('dry_run') === 'true';
  const [, ...rows] = String(body.csv).trim().split('\n');
  const lines = rows.map((text, index): ImportReport['lines'][number] => {
    const name = text.split(',')[0] ?? '';
    const line = { line: index + 2, name, id: null, api_key: null, message: '' };
    if (name.startsWith('bad'))
      return { ...line, status: 'error', message: 'role: must be one of user, admin' };
    if (isDryRun) return { ...line, status: 'skipped', message: 'would be created' };
    const { id, api_key } = apply({ name });
    return { ...line, status: 'created', id, api_key };
  });
  const count = (status: string) => lines.filter((each) => each.status === status).length;
  const counts = { created: count('created'), skipped: count('skipped'), failed: count('error') };
  return { dry_run: isDryRun, ...counts, lines };
}

function groupRoutes(groups: GroupRow[]): Record<string, (asked: Asked) => unknown> {
  const find = (id: unknown) => {
    const group = groups.find((each) => each.id === Number(id));
    if (!group) throw missing();
    return group;
  };
  return {
    'POST /admin/group/create': ({ body }) => {
      const now = new Date().toISOString();
      const times = { created_at: now, updated_at: now };
      // The console is what is tested.
      const group = { ...body, ...times, id: groups.length + 1, key_count: 0 } as unknown as GroupRow;
      groups.unshift(group);
      return group;
    },
    'POST /admin/group/update': ({ body }) => Object.assign(find(body.id), body),
    'POST /admin/group/delete': ({ body }) => {
      groups.splice(groups.indexOf(find(body.id)), 1);
      return null;
    },
  };
}

export function createMockData() {
  const keys = makeKeys();
  const groups = makeGroups();
  const payments = makePayments();
  const entries = makeLedger();
  const sessions = makeSessions();
  const threads = Array.from({ length: 46 }, (_, index) => makeThread(46 - index));
  const recharges = new Map<string, unknown>();

  const findKey = (id: unknown): KeyRow => {
    const key = keys.find((each) => each.id === Number(id));
    if (!key) throw missing();
    return key;
  };

  function listed<Row extends object>(rows: readonly Row[], { query }: Asked, text: (row: Row) => string) {
    const limit = Number(query.get('limit') || 20);
    const offset = Number(query.get('offset') || 0);
    const q = (query.get('q') ?? '').toLowerCase();
    const found = rows.filter((row) => text(row).toLowerCase().includes(q));
    return { items: found.slice(offset, offset + limit), total: String(found.length), limit, offset };
  }

  const scoped = <Row extends { key_id: number }>(rows: readonly Row[], asked: Asked) => {
    const keyId = asked.path.startsWith('/user/') ? asked.keyId : Number(asked.query.get('key_id')) || null;
    return keyId === null ? rows : rows.filter((row) => row.key_id === keyId);
  };

  function issue(row: KeyRow): KeyWithSecret {
    const { id, name, email, role, month_quota, balance } = row;
    return { id, name, email, api_key: NEW_SECRET, role, month_quota, balance };
  }

  function apply(body: ApplyBody): KeyWithSecret {
    if (body.email === 'refused@example.com')
      throw new Refusal(400, 'INVALID', 'email: not accepted here', 'email');
    const now = new Date().toISOString();
    const row: KeyRow = {
      id: keys.length + 1,
      name: body.name,
      email: body.email ?? '',
      group_id: body.group_id ?? 0,
      role: body.role ?? 'user',
      month_quota: Number(body.month_quota ?? 0).toFixed(10),
      balance: Number(body.balance ?? 0).toFixed(10),
      month_fee: '0.0000000000',
      total_fee: '0.0000000000',
      status: 'active',
      key_prefix: NEW_SECRET.slice(0, 6),
      key_last4: NEW_SECRET.slice(-4),
      created_at: now,
      updated_at: now,
      ...NO_RULES,
    };
    keys.unshift(row);
    return issue(row);
  }

  function recharge({ body, headers }: Asked) {
    const intention = String(headers['idempotency-key']);
    const row = findKey(body.id);
    if (!recharges.has(intention)) {
      row.balance = (Number(row.balance) + Number(body.balance)).toFixed(10);
      recharges.set(intention, body);
      const fee = Number(body.balance).toFixed(10);
      const reason = String(body.reason ?? '');
      const id = payments.length + 1;
      payments.unshift({
        id,
        key_id: row.id,
        fee,
        created_at: new Date().toISOString(),
        actor: 'key:1',
        reason,
      });
    }
    return row;
  }

  function sortedKeys({ query }: Asked): KeyRow[] {
    const role = query.get('role');
    const group = query.get('group_id');
    const found = keys.filter(
      (key) => (!role || key.role === role) && (!group || key.group_id === Number(group)),
    );
    const [column = '', direction] = (query.get('orderBy') ?? '').split('-');
    const sign = direction === '1' ? -1 : 1;
    if (column === 'name') return found.sort((a, b) => sign * a.name.localeCompare(b.name));
    if (column === 'month') return found.sort((a, b) => sign * (Number(a.month_fee) - Number(b.month_fee)));
    return found;
  }

  function threadList(asked: Asked) {
    const sessionId = Number(asked.query.get('session_id')) || null;
    const found = scoped(threads, asked).filter((row) => sessionId === null || row.session_id === sessionId);
    const ordered = sessionId === null ? found : found.slice().reverse();
    const page = listed(ordered, asked, (row) => `${row.prompt} ${row.completion}`);
    return { ...page, items: page.items.map(toRow) };
  }

  function ledgerList(asked: Asked) {
    const [kind, exchange] = [asked.query.get('kind'), asked.query.get('exchange_id')];
    const found = scoped(entries, asked).filter(
      (row) => (!kind || row.kind === kind) && (!exchange || row.exchange_id === exchange),
    );
    return listed(found, asked, (row) => row.reason);
  }

  const detail = <Row extends { id: number; key_id: number }>(rows: readonly Row[], asked: Asked): Row => {
    const row = scoped(rows, asked).find(({ id }) => id === Number(asked.path.split('/').at(-1)));
    if (!row) throw missing();
    return row;
  };

  const routes: Record<string, (asked: Asked) => unknown> = {
    'GET /user/api-key/mine': ({ keyId }) => findKey(keyId),
    'GET /admin/api-key/list': (asked) =>
      listed(sortedKeys(asked), asked, (row) => `${row.name} ${row.email}`),
    'GET /admin/api-key/detail': ({ path }) => findKey(path.split('/').at(-1)),
    'POST /admin/api-key/apply': ({ body }) => apply(body as ApplyBody), // the console is what is tested
    'POST /admin/api-key/update': ({ body }) => Object.assign(findKey(body.id), body),
    'POST /admin/api-key/recharge': recharge,
    'POST /admin/api-key/reset-key': ({ body }) => {
      const until = new Date(Date.now() + Number(body.overlap_seconds) * 1000).toISOString();
      const row = Object.assign(findKey(body.id), {
        previous_expires_at: body.overlap_seconds ? until : null,
      });
      return issue(row);
    },
    'POST /admin/api-key/import': (asked) => importKeys(asked, apply),
    'POST /admin/api-key/delete': ({ body }) => keys.splice(keys.indexOf(findKey(body.id)), 1),
    'GET /admin/group/list': (asked) => listed<GroupRow>(groups, asked, (row) => row.name),
    ...groupRoutes(groups),
    'GET /admin/payment/list': (asked) => listed(scoped(payments, asked), asked, (row) => row.reason),
    ...createMockReconciliation(),
    'GET /admin/statistics/total': (): TotalStatistics => ({
      count_key: keys.length,
      active_key: 4,
      active_key_this_month: 3,
      total_fee: '1543.0821450000',
      total_month_fee: '69.4668101535',
    }),
  };
  Object.assign(routes, createMockCatalogue({ listed }));
  Object.assign(routes, createMockAlerts(listed, missing), createMockMoney(listed));
  for (const root of ['admin', 'user']) {
    routes[`GET /${root}/session/list`] = (asked) =>
      listed(scoped(sessions, asked), asked, (row) => row.title);
    routes[`GET /${root}/session/detail`] = (asked) => detail(sessions, asked);
    routes[`GET /${root}/ledger`] = ledgerList;
    routes[`GET /${root}/thread/receipt`] = (asked) => makeReceipt(detail(threads, asked));
    routes[`GET /${root}/thread/list`] = threadList;
    routes[`GET /${root}/thread/detail`] = (asked) => detail(threads, asked);
  }

  return {
    threads,
    /** How many payments were really made. */
    countRecharges: () => recharges.size,
    answer(asked: Asked): unknown {
      const name = asked.path.replace(/\/(detail|receipt)\/\d+$/, '/$1');
      const route = routes[`${asked.method} ${name}`];
      if (!route) throw missing();
      return route(asked);
    },
  };
}
