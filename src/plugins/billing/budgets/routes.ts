import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { succeed, success, successList } from '../../../lib/envelope.ts';
import { formatMoney } from '../../../lib/money.ts';
import { page, parseSort } from '../../../lib/page.ts';
import { readLimit } from '../amounts.ts';
import { BudgetOwnerInvalid, BudgetOwnerUnknown, BudgetUnknown } from '../errors.ts';
import type { Budget, BudgetOwner, BudgetRepository } from './repository.ts';
import {
  BudgetBody as Body,
  type BudgetBody,
  BudgetListQuery,
  BudgetReference,
  BudgetRow,
} from './schemas.ts';

export interface BudgetRoutesOptions {
  budgets: BudgetRepository;
  auditLog: Pick<FastifyInstance['auditLog'], 'record'>;
}

export const budgetRoutes: FastifyPluginAsyncTypebox<BudgetRoutesOptions> = async (
  app,
  { budgets, auditLog },
) => {
  const config = { access: 'admin' as const };

  app.post(
    '/admin/budget/set',
    { config, schema: { body: Body, response: { 200: success(BudgetRow) } } },
    async ({ body, principal: { actor }, id: requestId }) => {
      const owner = ownerOf(body);
      const { window } = body;
      const limit = readLimit('limit', body.limit);
      const budget = await budgets.transaction(async (tx) => {
        if (!(await budgets.lockOwner(tx, owner)))
          throw new BudgetOwnerUnknown('keyId' in owner ? 'key_id' : 'group_id');
        const before = await budgets.find(tx, owner, window);
        if (before === undefined) await budgets.insert(tx, owner, window, limit);
        else await budgets.setLimit(tx, before.id, limit);
        const after = await budgets.find(tx, owner, window);
        if (after === undefined) throw new BudgetUnknown();
        const action = before === undefined ? 'budget.create' : 'budget.update';
        await auditLog.record(
          tx,
          { actor, requestId },
          {
            ...{ action, target: targetOf(after) },
            ...{ before: before === undefined ? null : factsOf(before), after: factsOf(after) },
          },
        );
        return after;
      });
      return succeed(toRow(budget));
    },
  );
  app.post(
    '/admin/budget/delete',
    { config, schema: { body: BudgetReference, response: { 200: success(Type.Null()) } } },
    async ({ body, principal: { actor }, id: requestId }) => {
      await budgets.transaction(async (tx) => {
        const owner = await budgets.findOwner(tx, body.id);
        if (owner !== undefined) await budgets.lockOwner(tx, owner);
        // Read once the lock is ours: somebody else may have changed or deleted it meanwhile.
        const before = await budgets.findById(tx, body.id);
        if (before === undefined) throw new BudgetUnknown();
        await budgets.remove(tx, body.id);
        await auditLog.record(
          tx,
          { actor, requestId },
          { action: 'budget.delete', target: targetOf(before), before: factsOf(before), after: null },
        );
      });
      return succeed(null);
    },
  );
  app.get(
    '/admin/budget/list',
    { config, schema: { querystring: BudgetListQuery, response: { 200: successList(BudgetRow) } } },
    async ({ query }) => {
      const isAscending = !parseSort(query.orderBy, 'id').descending;
      const filter = { ...query, keyId: query.key_id, groupId: query.group_id, isAscending };
      const { items, total } = await budgets.list(filter);
      return succeed(page({ items: items.map(toRow), total }, query));
    },
  );
};

function ownerOf({ key_id: keyId, group_id: groupId }: BudgetBody): BudgetOwner {
  if (keyId !== undefined && groupId === undefined) return { keyId };
  if (groupId !== undefined && keyId === undefined) return { groupId };
  throw new BudgetOwnerInvalid();
}

function targetOf({ keyId, groupId }: Budget): string {
  return keyId === null ? `group:${groupId}` : `key:${keyId}`;
}

function factsOf({ id, window, limitAmount }: Budget) {
  return { budget: id, window, limit: formatMoney(limitAmount) };
}

function toRow(budget: Budget): BudgetRow {
  return {
    id: budget.id,
    key_id: budget.keyId,
    group_id: budget.groupId,
    window: budget.window,
    limit: formatMoney(budget.limitAmount),
    used: formatMoney(budget.used),
    held: formatMoney(budget.held),
    starts_on: budget.startsOn,
    updated_at: budget.updatedAt.toISOString(),
  };
}
