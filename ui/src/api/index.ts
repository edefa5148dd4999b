// Every call the console makes, by room. Types come from the gateway's own schemas.
import { type InjectionKey, inject } from 'vue';
import type { AuditLogRow } from '../../../src/plugins/audit-log/schemas.ts';
import type { ConsoleIdentity } from '../../../src/plugins/auth/schemas.ts';
import type { LedgerAuditAnswer } from '../../../src/plugins/billing/audit/schemas.ts';
import type { BudgetBody, BudgetRow } from '../../../src/plugins/billing/budgets/schemas.ts';
import type { AdjustBody, RefundBody, TransferBody } from '../../../src/plugins/billing/movements/schemas.ts';
import type { PaymentRow } from '../../../src/plugins/billing/schemas.ts';
import type { GroupRow } from '../../../src/plugins/groups/schemas.ts';
import type {
  ApplyBody,
  KeyListQuery,
  KeyRow,
  KeySummary,
  KeyWithSecret,
  UpdateBody,
} from '../../../src/plugins/keys/schemas.ts';
import type {
  ImportAnswer,
  ImportRow,
  PostAnswer,
  ProposalListQuery,
  ProposalRow,
  Report,
} from '../../../src/plugins/reconciliation/schemas.ts';
import type { SessionRow } from '../../../src/plugins/sessions/schemas.ts';
import type { TotalStatistics } from '../../../src/plugins/stats/schemas.ts';
import type { ThreadDetail, ThreadRow } from '../../../src/plugins/threads/schemas.ts';
import type { Client } from './client.ts';
import type { Listing, Page } from './listing.ts';

/** Whose rows: the signed-in holder's, or everybody's (administrators). */
export type Scope = 'own' | 'all';

export type KeyListParams = Page & Pick<KeyListQuery, 'q' | 'role' | 'group_id' | 'orderBy'>;
export interface SessionListParams extends Page {
  q?: string | undefined;
  key_id?: number | undefined;
}
export interface ThreadListParams extends Page {
  q?: string | undefined;
  key_id?: number | undefined;
  session_id?: number | undefined;
}
export interface PaymentListParams extends Page {
  key_id?: number | undefined;
}
export type ProposalListParams = Page & Pick<ProposalListQuery, 'state'>;
export interface ReportParams {
  /** Days, UTC, both included. */
  from: string;
  to: string;
}
export interface ImportParams {
  kind: ImportRow['kind'];
  name: string;
  adds_to?: number | undefined;
}
export interface AuditLogParams extends Page {
  q?: string | undefined;
}
/** Whose budgets. */
export type BudgetOwner = { key_id: number } | { group_id: number };
export interface Recharge {
  id: number;
  balance: string;
  reason?: string;
}

const root = (scope: Scope) => (scope === 'own' ? '/user' : '/admin');

export function createApi({ call, upload }: Client) {
  return {
    session: {
      current: () => call<ConsoleIdentity>('GET', '/console/session'),
      open: (apiKey: string) =>
        call<ConsoleIdentity>('POST', '/console/session', { body: { api_key: apiKey } }),
      close: () => call<unknown>('DELETE', '/console/session'),
    },
    keys: {
      mine: (signal?: AbortSignal) => call<KeyRow>('GET', '/user/api-key/mine', withSignal(signal)),
      list: (query: KeyListParams, signal?: AbortSignal) =>
        call<Listing<KeyRow>>('GET', '/admin/api-key/list', { query: { ...query }, ...withSignal(signal) }),
      detail: (id: number, signal?: AbortSignal) =>
        call<KeyRow>('GET', `/admin/api-key/detail/${id}`, withSignal(signal)),
      apply: (body: ApplyBody) => call<KeyWithSecret>('POST', '/admin/api-key/apply', { body }),
      update: (body: UpdateBody) => call<KeySummary>('POST', '/admin/api-key/update', { body }),
      /** `idempotencyKey`: one per intention, so that a repeated click or a retry pays once. */
      recharge: (body: Recharge, idempotencyKey: string) =>
        call<KeySummary>('POST', '/admin/api-key/recharge', {
          body,
          headers: { 'idempotency-key': idempotencyKey },
        }),
      resetSecret: (id: number) => call<KeyWithSecret>('POST', '/admin/api-key/reset-key', { body: { id } }),
      delete: (id: number) => call<unknown>('POST', '/admin/api-key/delete', { body: { id } }),
    },
    groups: {
      list: (signal?: AbortSignal) =>
        call<Listing<GroupRow>>('GET', '/admin/group/list', { query: { limit: 200 }, ...withSignal(signal) }),
    },
    payments: {
      list: (query: PaymentListParams, signal?: AbortSignal) =>
        call<Listing<PaymentRow>>('GET', '/admin/payment/list', {
          query: { ...query },
          ...withSignal(signal),
        }),
    },
    sessions: {
      list: (scope: Scope, query: SessionListParams, signal?: AbortSignal) =>
        call<Listing<SessionRow>>('GET', `${root(scope)}/session/list`, {
          query: { ...query },
          ...withSignal(signal),
        }),
      detail: (scope: Scope, id: number, signal?: AbortSignal) =>
        call<SessionRow>('GET', `${root(scope)}/session/detail/${id}`, withSignal(signal)),
    },
    threads: {
      list: (scope: Scope, query: ThreadListParams, signal?: AbortSignal) =>
        call<Listing<ThreadRow>>('GET', `${root(scope)}/thread/list`, {
          query: { ...query },
          ...withSignal(signal),
        }),
      detail: (scope: Scope, id: number, signal?: AbortSignal) =>
        call<ThreadDetail>('GET', `${root(scope)}/thread/detail/${id}`, withSignal(signal)),
    },
    reconciliation: {
      list: (query: Page, signal?: AbortSignal) =>
        call<Listing<ImportRow>>('GET', '/admin/reconciliation/list', {
          query: { ...query },
          ...withSignal(signal),
        }),
      import: (file: File, query: ImportParams, onProgress: (part: number) => void) =>
        upload<ImportAnswer>('/admin/reconciliation/import', file, { query: { ...query }, onProgress }),
      delete: (id: number) => call<unknown>('POST', '/admin/reconciliation/delete', { body: { id } }),
      report: (query: ReportParams, signal?: AbortSignal) =>
        call<Report>('GET', '/admin/reconciliation/report', { query: { ...query }, ...withSignal(signal) }),
      proposals: (query: ProposalListParams, signal?: AbortSignal) =>
        call<Listing<ProposalRow>>('GET', '/admin/reconciliation/proposal/list', {
          query: { ...query },
          ...withSignal(signal),
        }),
      post: (ids: number[]) => call<PostAnswer>('POST', '/admin/reconciliation/post', { body: { ids } }),
    },
    budgets: {
      list: (owner: BudgetOwner, signal?: AbortSignal) =>
        call<Listing<BudgetRow>>('GET', '/admin/budget/list', { query: { ...owner }, ...withSignal(signal) }),
      set: (body: BudgetBody) => call<BudgetRow>('POST', '/admin/budget/set', { body }),
      delete: (id: number) => call<unknown>('POST', '/admin/budget/delete', { body: { id } }),
    },
    /** `idempotencyKey`: one per intention. */
    movements: {
      adjust: (body: AdjustBody, idempotencyKey: string) =>
        call<{ balance: string }>('POST', '/admin/ledger/adjust', { body, ...once(idempotencyKey) }),
      refund: (body: RefundBody, idempotencyKey: string) =>
        call<{ amount: string }>('POST', '/admin/ledger/refund', { body, ...once(idempotencyKey) }),
      transfer: (body: TransferBody, idempotencyKey: string) =>
        call<{ from_balance: string }>('POST', '/admin/ledger/transfer', { body, ...once(idempotencyKey) }),
      audit: (signal?: AbortSignal) =>
        call<LedgerAuditAnswer>('GET', '/admin/ledger/audit', withSignal(signal)),
    },
    auditLog: {
      list: (query: AuditLogParams, signal?: AbortSignal) =>
        call<Listing<AuditLogRow>>('GET', '/admin/audit-log/list', {
          query: { ...query },
          ...withSignal(signal),
        }),
    },
    statistics: {
      total: (signal?: AbortSignal) =>
        call<TotalStatistics>('GET', '/admin/statistics/total', withSignal(signal)),
    },
  };
}

function once(idempotencyKey: string) {
  return { headers: { 'idempotency-key': idempotencyKey } };
}

function withSignal(signal: AbortSignal | undefined) {
  return signal ? { signal } : {};
}

export type Api = ReturnType<typeof createApi>;

export const apiKey: InjectionKey<Api> = Symbol('api');

/** The calls, as provided by `main.ts`. */
export function useApi(): Api {
  const api = inject(apiKey);
  if (!api) throw new Error('main.ts provides the api before any component asks for it');
  return api;
}
