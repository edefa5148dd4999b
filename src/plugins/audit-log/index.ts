// Who changed what: one entry per administrative change, in the change's own commit.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import fp from 'fastify-plugin';
import type { Transaction } from '../../db/client.ts';
import { succeed, successList } from '../../lib/envelope.ts';
import { page, parseSort } from '../../lib/page.ts';
import { changesBetween, type Facts } from './changes.ts';
import { type AuditRepository, createAuditRepository } from './repository.ts';
import { AuditLogQuery, AuditLogRow } from './schemas.ts';

export type { Facts } from './changes.ts';

/** Who did it, in which request. */
export interface Author {
  /** `bootstrap` or `key:<id>`. */
  actor: string;
  requestId: string;
}

export interface AuditedChange {
  /** e.g. `key.update` */
  action: string;
  /** e.g. `key:12` */
  target: string;
  /** Null: it did not exist, or does not any more. Never a secret or a digest. */
  before: Facts | null;
  after: Facts | null;
}

declare module 'fastify' {
  interface FastifyInstance {
    auditLog: {
      /** Keeps the members that differ, in the caller's transaction: no change without its entry. */
      record(tx: Transaction, author: Author, change: AuditedChange): Promise<void>;
    };
  }
}

const auditLogRoutes: FastifyPluginAsyncTypebox<{ repository: AuditRepository }> = async (
  app,
  { repository },
) => {
  app.get(
    '/admin/audit-log/list',
    {
      config: { access: 'admin' },
      schema: { querystring: AuditLogQuery, response: { 200: successList(AuditLogRow) } },
    },
    async ({ query }) => {
      const moment = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
      const isAscending = !parseSort(query.orderBy, 'id').descending;
      const filter = { ...query, from: moment(query.from), to: moment(query.to), isAscending };
      const { items, total } = await repository.list(filter);
      const rows = items.map(({ requestId, createdAt, ...row }) => ({
        ...row,
        request_id: requestId,
        created_at: createdAt.toISOString(),
      }));
      return succeed(page({ items: rows, total }, query));
    },
  );
};

export default fp(
  async (app) => {
    const repository = createAuditRepository({ db: app.database.db });
    app.decorate('auditLog', {
      async record(tx, { actor, requestId }, { action, target, before, after }) {
        await repository.insert(tx, { actor, requestId, action, target, ...changesBetween(before, after) });
      },
    });
    app.register(auditLogRoutes, { repository });
  },
  { name: 'audit-log', fastify: '5.x', dependencies: ['database', 'auth'] },
);
