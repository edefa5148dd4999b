import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { succeed, success } from '../../../lib/envelope.ts';
import { formatMoney } from '../../../lib/money.ts';
import { LedgerAuditAnswer } from './schemas.ts';
import type { Auditor } from './service.ts';

export const auditRoutes: FastifyPluginAsyncTypebox<{ auditor: Auditor }> = async (app, { auditor }) => {
  app.get(
    '/admin/ledger/audit',
    {
      config: { access: 'admin', isSlow: true },
      schema: { response: { 200: success(LedgerAuditAnswer) } },
    },
    async () => {
      const { ok, checkedAt, invariants } = await auditor.audit();
      return succeed({
        ok,
        checked_at: checkedAt.toISOString(),
        invariants: invariants.map((one) => ({
          ...one,
          kept: formatMoney(BigInt(one.kept)),
          summed: formatMoney(BigInt(one.summed)),
        })),
      });
    },
  );
};
