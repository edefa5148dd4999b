// Where things live in the console. None of these paths begins like a route of the gateway.
import type { RouteLocationRaw } from 'vue-router';
import type { Scope } from './api/index.ts';

const prefix = (scope: Scope) => (scope === 'own' ? '' : '/all');

export const linkToSession = (scope: Scope, id: number): RouteLocationRaw =>
  `${prefix(scope)}/sessions/${id}`;

export const linkToSessions = (scope: Scope): RouteLocationRaw => `${prefix(scope)}/sessions`;

/** The list of exchanges with this one open beside it. */
export const linkToThread = (scope: Scope, id: number): RouteLocationRaw => ({
  path: `${prefix(scope)}/exchanges`,
  query: { open: String(id) },
});

export const linkToThreads = (scope: Scope): RouteLocationRaw => `${prefix(scope)}/exchanges`;

/** The ledger, narrowed to one exchange. */
export const linkToEntries = (scope: Scope, exchangeId: string): RouteLocationRaw => ({
  path: `${prefix(scope)}/ledger`,
  query: { exchange: exchangeId },
});

/** The list of keys, only those of a group. */
export const linkToKeysOf = (groupId: number): RouteLocationRaw => ({
  path: '/keys',
  query: { group: String(groupId) },
});

export const linkToKey = (id: number): RouteLocationRaw => `/keys/${id}`;
