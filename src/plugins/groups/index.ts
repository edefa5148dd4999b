// Groups of keys. For now they are named and listed; what a group may do comes with limits and budgets.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import fp from 'fastify-plugin';
import { succeed, successList } from '../../lib/envelope.ts';
import { page } from '../../lib/page.ts';
import { createGroupRepository, type GroupRepository } from './repository.ts';
import { GroupListQuery, GroupRow } from './schemas.ts';

declare module 'fastify' {
  interface FastifyInstance {
    groups: Pick<GroupRepository, 'exists'>;
  }
}

const groupRoutes: FastifyPluginAsyncTypebox<{ repository: GroupRepository }> = async (
  app,
  { repository },
) => {
  app.get(
    '/admin/group/list',
    {
      config: { access: 'admin' },
      schema: { querystring: GroupListQuery, response: { 200: successList(GroupRow) } },
    },
    async ({ query }) => succeed(page(await repository.list(query), query)),
  );
};

export default fp(
  async (app) => {
    const repository = createGroupRepository({ db: app.database.db });
    app.decorate('groups', { exists: repository.exists });
    app.register(groupRoutes, { repository });
  },
  { name: 'groups', fastify: '5.x', dependencies: ['database', 'auth'] },
);
