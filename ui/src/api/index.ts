// Every call the console makes, by room. Types come from the gateway's own schemas.
import { type InjectionKey, inject } from 'vue';
import type {
  AlertListQuery,
  AlertRow,
  ChannelRow,
  CreateChannelBody,
  NewChannel,
  UpdateChannelBody,
} from '../../../src/plugins/alerts/schemas.ts';
import type { AuditLogRow } from '../../../src/plugins/audit-log/schemas.ts';
import type { ConsoleIdentity } from '../../../src/plugins/auth/schemas.ts';
import type { LedgerAuditAnswer } from '../../../src/plugins/billing/audit/schemas.ts';
import type { BudgetBody, BudgetRow } from '../../../src/plugins/billing/budgets/schemas.ts';
import type { LedgerQuery, LedgerRow } from '../../../src/plugins/billing/ledger/schemas.ts';
import type { AdjustBody, RefundBody, TransferBody } from '../../../src/plugins/billing/movements/schemas.ts';
import type { Receipt } from '../../../src/plugins/billing/receipts/schemas.ts';
import type { PaymentRow } from '../../../src/plugins/billing/schemas.ts';
import type {
  GroupCreateBody,
  GroupListQuery,
  GroupRow,
  GroupUpdateBody,
} from '../../../src/plugins/groups/schemas.ts';
import type { ImportReport } from '../../../src/plugins/keys/import/schemas.ts';
import type {
  ApplyBody,
  KeyListQuery,
  KeyRow,
  KeySummary,
  KeyWithSecret,
  UpdateBody,
} from '../../../src/plugins/keys/schemas.ts';
import type {
  CreateModelBody,
  ModelListQuery,
  ModelRow,
  UpdateModelBody,
} from '../../../src/plugins/models/schemas.ts';
import type {
  DeletePriceBody,
  ImportAnswer,
  PriceListQuery,
  PriceListRow,
  SetPriceAnswer,
  SetPriceBody,
} from '../../../src/plugins/prices/schemas.ts';
import type {
  ImportRow,
  PostAnswer,
  ProposalListQuery,
  ProposalRow,
  ImportAnswer as ReconciliationAnswer,
  Report,
} from '../../../src/plugins/reconciliation/schemas.ts';
import type {
  RepriceBody,
  RepricePreview,
  RepricePreviewBody,
  RepriceRun,
} from '../../../src/plugins/repricing/schemas.ts';
import type { SessionRow } from '../../../src/plugins/sessions/schemas.ts';
import type { TotalStatistics } from '../../../src/plugins/stats/schemas.ts';
import type { ThreadDetail, ThreadRow } from '../../../src/plugins/threads/schemas.ts';
import type { Client } from './client.ts';
import type { Listing, Page } from './listing.ts';

/** Whose rows: the signed-in holder's, or everybody's (administrators). */
export type Scope = 'own' | 'all';

export type KeyListParams = Page & Pick<KeyListQuery, 'q' | 'role' | 'group_id' | 'orderBy'>;
export type GroupListParams = Page & Pick<GroupListQuery, 'q' | 'orderBy'>;
export interface SessionListParams extends Page {
  q?: string | undefined;
  key_id?: number | undefined;
}
export interface ThreadListParams extends Page {
  q?: string | undefined;
  key_id?: number | undefined;
  session_id?: number | undefined;
}
export type AlertListParams = Page & Pick<AlertListQuery, 'q' | 'state'>;
export interface ChannelListParams extends Page {
  q?: string | undefined;
}
export interface PaymentListParams extends Page {
  key_id?: number | undefined;
}
export type LedgerParams = Page &
  Pick<LedgerQuery, 'q' | 'kind' | 'key_id' | 'exchange_id' | 'from' | 'to' | 'orderBy'>;
export type ModelListParams = Page &
  Pick<ModelListQuery, 'q' | 'orderBy'> & { is_retired?: string | undefined };
export type PriceListParams = Page & Pick<PriceListQuery, 'q' | 'base_id' | 'scope' | 'state' | 'orderBy'>;
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

/** Work that grows with the number of lines or exchanges. */
const LONG_MS = 600_000;

const root = (scope: Scope) => (scope === 'own' ? '/user' : '/admin');

/** The file of all entries that the filters let through; a link, so that the browser saves it as it comes. */
export function ledgerFile(
  scope: Scope,
  { limit: _limit, offset: _offset, ...filters }: LedgerParams,
): string {
  const query = new URLSearchParams({ format: 'csv' });
  for (const [name, value] of Object.entries(filters))
    if (value !== undefined) query.set(name, String(value));
  return `${root(scope)}/ledger?${query}`;
}

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
      /** `overlapSeconds`: how long the secret before stays good. */
      resetSecret: (id: number, overlapSeconds: number) =>
        call<KeyWithSecret>('POST', '/admin/api-key/reset-key', {
          body: { id, overlap_seconds: overlapSeconds },
        }),
      /** `idempotencyKey`: one per file, so that a retry makes no key twice. */
      import: (csv: string, { isDryRun, idempotencyKey }: { isDryRun: boolean; idempotencyKey: string }) =>
        call<ImportReport>('POST', '/admin/api-key/import', {
          csv,
          timeoutMs: LONG_MS,
          query: { dry_run: isDryRun ? 'true' : undefined },
          headers: { 'idempotency-key': idempotencyKey },
        }),
      delete: (id: number) => call<unknown>('POST', '/admin/api-key/delete', { body: { id } }),
    },
    groups: {
      list: (query: GroupListParams, signal?: AbortSignal) =>
        call<Listing<GroupRow>>('GET', '/admin/group/list', { query: { ...query }, ...withSignal(signal) }),
      create: (body: GroupCreateBody) => call<GroupRow>('POST', '/admin/group/create', { body }),
      update: (body: GroupUpdateBody) => call<GroupRow>('POST', '/admin/group/update', { body }),
      delete: (id: number) => call<unknown>('POST', '/admin/group/delete', { body: { id } }),
    },
    payments: {
      list: (query: PaymentListParams, signal?: AbortSignal) =>
        call<Listing<PaymentRow>>('GET', '/admin/payment/list', {
          query: { ...query },
          ...withSignal(signal),
        }),
    },
    ledger: {
      list: (scope: Scope, query: LedgerParams, signal?: AbortSignal) =>
        call<Listing<LedgerRow>>('GET', `${root(scope)}/ledger`, {
          query: { ...query },
          ...withSignal(signal),
        }),
    },
    alerts: {
      list: (query: AlertListParams, signal?: AbortSignal) =>
        call<Listing<AlertRow>>('GET', '/admin/alert/list', { query: { ...query }, ...withSignal(signal) }),
    },
    channels: {
      list: (query: ChannelListParams, signal?: AbortSignal) =>
        call<Listing<ChannelRow>>('GET', '/admin/alert-channel/list', {
          query: { ...query },
          ...withSignal(signal),
        }),
      create: (body: CreateChannelBody) => call<NewChannel>('POST', '/admin/alert-channel/create', { body }),
      update: (body: UpdateChannelBody) => call<ChannelRow>('POST', '/admin/alert-channel/update', { body }),
      delete: (id: number) => call<unknown>('POST', '/admin/alert-channel/delete', { body: { id } }),
      test: (id: number) => call<AlertRow>('POST', '/admin/alert-channel/test', { body: { id } }),
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
      receipt: (scope: Scope, id: number, signal?: AbortSignal) =>
        call<Receipt>('GET', `${root(scope)}/thread/receipt/${id}`, withSignal(signal)),
    },
    models: {
      list: (query: ModelListParams, signal?: AbortSignal) =>
        call<Listing<ModelRow>>('GET', '/admin/model/list', { query: { ...query }, ...withSignal(signal) }),
      create: (body: CreateModelBody) => call<ModelRow>('POST', '/admin/model/create', { body }),
      update: (body: UpdateModelBody) => call<ModelRow>('POST', '/admin/model/update', { body }),
      delete: (id: number) => call<unknown>('POST', '/admin/model/delete', { body: { id } }),
    },
    prices: {
      list: (query: PriceListParams, signal?: AbortSignal) =>
        call<Listing<PriceListRow>>('GET', '/admin/price/list', {
          query: { ...query },
          ...withSignal(signal),
        }),
      set: (body: SetPriceBody) => call<SetPriceAnswer>('POST', '/admin/price/set', { body }),
      delete: (body: DeletePriceBody) => call<unknown>('POST', '/admin/price/delete', { body }),
      /** The body is a file's content: the gateway checks it. */
      import: (body: object, isDryRun: boolean) =>
        call<ImportAnswer>('POST', '/admin/price/import', {
          query: { dry_run: String(isDryRun) },
          body,
          timeoutMs: LONG_MS,
        }),
      repricePreview: (body: RepricePreviewBody) =>
        call<RepricePreview>('POST', '/admin/price/reprice/preview', { body, timeoutMs: LONG_MS }),
      /** The same token moves nothing twice, so a repeated click is harmless. */
      reprice: (body: RepriceBody) =>
        call<RepriceRun>('POST', '/admin/price/reprice', { body, timeoutMs: LONG_MS }),
      repriceRuns: (query: Page, signal?: AbortSignal) =>
        call<Listing<RepriceRun>>('GET', '/admin/price/reprice/list', {
          query: { ...query },
          ...withSignal(signal),
        }),
    },
    reconciliation: {
      list: (query: Page, signal?: AbortSignal) =>
        call<Listing<ImportRow>>('GET', '/admin/reconciliation/list', {
          query: { ...query },
          ...withSignal(signal),
        }),
      import: (file: File, query: ImportParams, onProgress: (part: number) => void) =>
        upload<ReconciliationAnswer>('/admin/reconciliation/import', file, {
          query: { ...query },
          onProgress,
        }),
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
