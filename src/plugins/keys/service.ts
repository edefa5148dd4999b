// Issuing and changing virtual keys. A key, its wallet and its first payment are one commit.
import type { FastifyInstance } from 'fastify';
import type { Transaction } from '../../db/client.ts';
import type { Listing } from '../../lib/page.ts';
import { readAmount, readPositiveAmount } from './amounts.ts';
import { GroupUnknown, KeyNotFound, KeyReferenceMismatch, KeyReferenceMissing } from './errors.ts';
import type { KeyChange, KeyFilter, KeyOverview, KeyRepository } from './repository.ts';
import type { ApplyBody, KeyReferenceBody, RechargeBody, UpdateBody } from './schemas.ts';

export interface KeyServiceDeps {
  repository: KeyRepository;
  billing: Pick<FastifyInstance['billing'], 'openWallet' | 'setMonthQuota' | 'credit' | 'once'>;
  groups: FastifyInstance['groups'];
  secrets: FastifyInstance['secrets'];
  principals: FastifyInstance['principals'];
  now(): Date;
}

/** Who does it and in which request; both stand in the ledger. */
export interface Actor {
  actor: string;
  requestId: string;
}

export function createKeyService({ repository, billing, groups, secrets, principals, now }: KeyServiceDeps) {
  async function groupOf(groupId: number | undefined): Promise<number | null> {
    if (groupId === undefined || groupId === 0) return null;
    if (!(await groups.exists(groupId))) throw new GroupUnknown();
    return groupId;
  }

  async function resolve({ id, api_key }: KeyReferenceBody): Promise<number> {
    if (api_key === undefined) {
      if (id === undefined) throw new KeyReferenceMissing();
      return id;
    }
    const found = await repository.findIdByDigest(secrets.digest(api_key));
    if (id !== undefined && found !== id) throw new KeyReferenceMismatch();
    if (found === undefined) throw new KeyNotFound();
    return found;
  }

  async function get(id: number): Promise<KeyOverview> {
    const found = await repository.find(id);
    if (found === undefined) throw new KeyNotFound();
    return found;
  }

  /** Changes a key; when it resolves, nothing in this process works with the old facts any more. */
  async function change(
    id: number,
    facts: KeyChange,
    more?: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    await repository.transaction(async (tx) => {
      if (!(await repository.update(tx, id, facts))) throw new KeyNotFound();
      await more?.(tx);
    });
    principals.forget();
  }

  return {
    get,
    list: (filter: KeyFilter): Promise<Listing<KeyOverview>> => repository.list(filter),

    async apply(body: ApplyBody, actor: Actor): Promise<{ key: KeyOverview; secret: string }> {
      const monthQuota = readAmount('month_quota', body.month_quota);
      const balance = readAmount('balance', body.balance);
      const groupId = await groupOf(body.group_id);
      const secret = secrets.create();
      const id = await repository.transaction(async (tx) => {
        const keyId = await repository.insert(tx, {
          name: body.name,
          email: body.email ?? '',
          groupId,
          role: body.role ?? 'user',
          digest: secrets.digest(secret),
          ...secrets.describe(secret),
        });
        await billing.openWallet(tx, keyId, monthQuota);
        if (balance > 0n)
          await billing.credit(tx, {
            keyId,
            amount: balance,
            reason: 'opening balance',
            ...actor,
          });
        return keyId;
      });
      return { key: await get(id), secret };
    },

    async update({ id, group_id, month_quota, ...rest }: UpdateBody): Promise<KeyOverview> {
      const groupId = group_id === undefined ? undefined : await groupOf(group_id);
      const monthQuota = month_quota === undefined ? undefined : readAmount('month_quota', month_quota);
      await change(id, groupId === undefined ? rest : { ...rest, groupId }, async (tx) => {
        if (monthQuota !== undefined) await billing.setMonthQuota(tx, id, monthQuota);
      });
      return get(id);
    },

    async recharge(
      body: RechargeBody,
      actor: Actor & { idempotencyKey: string | null },
    ): Promise<KeyOverview> {
      const amount = readPositiveAmount('balance', body.balance);
      const keyId = await resolve(body);
      await get(keyId);
      const reason = body.reason ?? '';
      const { balance } = await repository.transaction((tx) =>
        billing.once(
          tx,
          { ...actor, request: ['recharge', keyId, String(amount)] },
          async (): Promise<{ balance: string }> => {
            const paid = await billing.credit(tx, { keyId, amount, reason, ...actor });
            return { balance: String(paid.balanceAfter) };
          },
        ),
      );
      // A repeated request answers as the first one did.
      return { ...(await get(keyId)), balance: BigInt(balance) };
    },

    async resetSecret(reference: KeyReferenceBody): Promise<{ key: KeyOverview; secret: string }> {
      const id = await resolve(reference);
      const secret = secrets.create();
      await change(id, { digest: secrets.digest(secret), ...secrets.describe(secret) });
      return { key: await get(id), secret };
    },

    /** The key stops working; its history stays. */
    async remove(reference: KeyReferenceBody): Promise<void> {
      await change(await resolve(reference), { deletedAt: now() });
    },
  };
}

export type KeyService = ReturnType<typeof createKeyService>;
