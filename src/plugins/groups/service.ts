// Making and changing groups. A group and its wallet are one commit, and so are a change and its audit entry.
import type { FastifyInstance } from 'fastify';
import type { Transaction } from '../../db/client.ts';
import type { Author } from '../audit-log/index.ts';
import { GroupInUse, GroupIsDefault, GroupNotFound } from './errors.ts';
import type { GroupOverview, GroupRepository } from './repository.ts';
import { readSettings, toFacts } from './rows.ts';
import type { GroupCreateBody, GroupUpdateBody } from './schemas.ts';

/** Comes with the first migration; those who follow the seed's README put keys into it. */
const DEFAULT_GROUP = 1;

export interface GroupServiceDeps {
  repository: GroupRepository;
  billing: Pick<FastifyInstance['billing'], 'openGroupWallet'>;
  principals: FastifyInstance['principals'];
  auditLog: FastifyInstance['auditLog'];
  now(): Date;
}

export function createGroupService({ repository, billing, principals, auditLog, now }: GroupServiceDeps) {
  async function get(id: number): Promise<GroupOverview> {
    const found = await repository.find(id);
    if (found === undefined) throw new GroupNotFound();
    return found;
  }

  /** Changes a group; when it resolves, nothing in this process works with the old facts any more. */
  async function change(
    { id, action, ...author }: Author & { id: number; action: string },
    work: (tx: Transaction, before: GroupOverview) => Promise<void>,
  ): Promise<void> {
    await repository.transaction(async (tx) => {
      const before = await repository.lock(tx, id);
      if (before === undefined) throw new GroupNotFound();
      await work(tx, before);
      const after = await repository.find(id, tx);
      await auditLog.record(tx, author, {
        action,
        target: `group:${id}`,
        before: toFacts(before),
        after: after === undefined ? null : toFacts(after),
      });
    });
    principals.forget();
  }

  return {
    get,
    list: repository.list,

    async create({ name, ...settings }: GroupCreateBody, author: Author): Promise<GroupOverview> {
      const id = await repository.transaction(async (tx) => {
        const groupId = await repository.insert(tx, { ...readSettings(settings), name });
        await billing.openGroupWallet(tx, groupId);
        const made = await repository.find(groupId, tx);
        if (made === undefined) throw new Error('group was not written');
        const entry = { action: 'group.create', target: `group:${groupId}` };
        await auditLog.record(tx, author, { ...entry, before: null, after: toFacts(made) });
        return groupId;
      });
      return get(id);
    },

    async update({ id, ...settings }: GroupUpdateBody, author: Author): Promise<GroupOverview> {
      await change({ id, action: 'group.update', ...author }, (tx) =>
        repository.update(tx, id, readSettings(settings)),
      );
      return get(id);
    },

    /** Its history stays. */
    async remove(id: number, author: Author): Promise<void> {
      await change({ id, action: 'group.delete', ...author }, async (tx, { keyCount }) => {
        if (id === DEFAULT_GROUP) throw new GroupIsDefault();
        if (keyCount > 0) throw new GroupInUse(String(keyCount));
        await repository.update(tx, id, { deletedAt: now() });
      });
    },
  };
}

export type GroupService = ReturnType<typeof createGroupService>;
