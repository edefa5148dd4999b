// Totals over all keys. Reads every table and writes none.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import fp from 'fastify-plugin';
import { succeed, success } from '../../lib/envelope.ts';
import { formatMoney } from '../../lib/money.ts';
import { createStatsRepository, type StatsRepository } from './repository.ts';
import { TotalStatistics } from './schemas.ts';

const statsRoutes: FastifyPluginAsyncTypebox<{ repository: StatsRepository }> = async (
  app,
  { repository },
) => {
  app.get(
    '/admin/statistics/total',
    { config: { access: 'admin' }, schema: { response: { 200: success(TotalStatistics) } } },
    async () => {
      const totals = await repository.totals();
      return succeed({
        count_key: totals.countKey,
        active_key: totals.activeKey,
        active_key_this_month: totals.activeKeyThisMonth,
        total_fee: formatMoney(totals.totalFee),
        total_month_fee: formatMoney(totals.totalMonthFee),
      });
    },
  );
};

export default fp(
  async (app) => {
    app.register(statsRoutes, { repository: createStatsRepository({ db: app.database.db }) });
  },
  { name: 'stats', fastify: '5.x', dependencies: ['database', 'auth'] },
);
