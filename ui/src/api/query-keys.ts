// Names of what vue-query remembers, so that the live feed and the dialogs can find it again.

import type {
  AuditLogParams,
  BudgetOwner,
  KeyListParams,
  PaymentListParams,
  ProposalListParams,
  ReportParams,
  Scope,
  SessionListParams,
  ThreadListParams,
} from './index.ts';
import type { Page } from './listing.ts';

export const queryKeys = {
  keys: ['keys'] as const,
  myKey: ['keys', 'mine'] as const,
  keyList: (params: KeyListParams) => ['keys', 'list', params] as const,
  keyNames: ['keys', 'names'] as const,
  key: (id: number) => ['keys', 'detail', id] as const,
  groups: ['groups'] as const,
  payments: ['payments'] as const,
  paymentList: (params: PaymentListParams) => ['payments', 'list', params] as const,
  sessions: ['sessions'] as const,
  sessionList: (scope: Scope, params: SessionListParams) => ['sessions', 'list', scope, params] as const,
  session: (scope: Scope, id: number) => ['sessions', 'detail', scope, id] as const,
  threadLists: ['threads', 'list'] as const,
  threadList: (scope: Scope, params: ThreadListParams) => ['threads', 'list', scope, params] as const,
  thread: (scope: Scope, id: number) => ['threads', 'detail', scope, id] as const,
  budgets: ['budgets'] as const,
  budgetList: (owner: BudgetOwner) => ['budgets', 'list', owner] as const,
  ledgerAudit: ['ledger', 'audit'] as const,
  auditLog: (params: AuditLogParams) => ['audit-log', params] as const,
  statistics: ['statistics'] as const,
  reconciliation: ['reconciliation'] as const,
  importList: (params: Page) => ['reconciliation', 'imports', params] as const,
  proposalList: (params: ProposalListParams) => ['reconciliation', 'proposals', params] as const,
  report: (params: ReportParams) => ['reconciliation', 'report', params] as const,
};
