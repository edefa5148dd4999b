// Names of what vue-query remembers, so that the live feed and the dialogs can find it again.
import type {
  AlertListParams,
  ChannelListParams,
  KeyListParams,
  PaymentListParams,
  Scope,
  SessionListParams,
  ThreadListParams,
} from './index.ts';

export const queryKeys = {
  keys: ['keys'] as const,
  myKey: ['keys', 'mine'] as const,
  keyList: (params: KeyListParams) => ['keys', 'list', params] as const,
  keyNames: ['keys', 'names'] as const,
  key: (id: number) => ['keys', 'detail', id] as const,
  groups: ['groups'] as const,
  payments: ['payments'] as const,
  paymentList: (params: PaymentListParams) => ['payments', 'list', params] as const,
  alerts: ['alerts'] as const,
  alertList: (params: AlertListParams) => ['alerts', 'list', params] as const,
  channels: ['channels'] as const,
  channelList: (params: ChannelListParams) => ['channels', 'list', params] as const,
  sessions: ['sessions'] as const,
  sessionList: (scope: Scope, params: SessionListParams) => ['sessions', 'list', scope, params] as const,
  session: (scope: Scope, id: number) => ['sessions', 'detail', scope, id] as const,
  threadLists: ['threads', 'list'] as const,
  threadList: (scope: Scope, params: ThreadListParams) => ['threads', 'list', scope, params] as const,
  thread: (scope: Scope, id: number) => ['threads', 'detail', scope, id] as const,
  statistics: ['statistics'] as const,
};
