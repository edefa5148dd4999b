// Changing virtual keys. Every change and its entry in the audit log are one commit, and every replica hears of it.
import type { FastifyInstance } from 'fastify';
import type { Transaction } from '../../db/client.ts';
import type { Listing } from '../../lib/page.ts';
import type { Author } from '../audit-log/index.ts';
import { readAmount, readPositiveAmount } from './amounts.ts';
import {
  ExpiryPast,
  GroupUnknown,
  KeyAlreadyIssued,
  KeyNotFound,
  KeyReferenceMismatch,
  KeyReferenceMissing,
} from './errors.ts';
import { type Issuer, readWish } from './issue.ts';
import type { KeyChange, KeyFilter, KeyOverview, KeyRepository } from './repository.ts';
import { rechargeFacts, toFacts } from './rows.ts';
import type { ApplyBody, KeyReferenceBody, RechargeBody, ResetBody, UpdateBody } from './schemas.ts';
import { readMoment, readSettings } from './settings.ts';

export interface KeyServiceDeps {
  repository: KeyRepository;
  issue: Issuer;
  billing: Pick<FastifyInstance['billing'], 'setMonthQuota' | 'credit' | 'once'>;
  groups: FastifyInstance['groups'];
  secrets: FastifyInstance['secrets'];
  principals: FastifyInstance['principals'];
  auditLog: FastifyInstance['auditLog'];
  now(): Date;
}

/** Asks once: a repeat with the same key changes nothing. Null: each request counts. */
export interface OnceAuthor extends Author {
  idempotencyKey: string | null;
}

export function createKeyService(deps: KeyServiceDeps) {
  const { repository, issue, billing, groups, secrets, principals, auditLog } = deps;

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
    { id, action, ...author }: Author & { id: number; action: string },
    work: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    await repository.transaction(async (tx) => {
      const before = await repository.lock(tx, id);
      if (before === undefined) throw new KeyNotFound();
      await work(tx);
      const after = await repository.find(id, tx);
      await auditLog.record(tx, author, {
        action,
        target: `key:${id}`,
        before: toFacts(before),
        after: after === undefined ? null : toFacts(after),
      });
    });
    principals.forget();
  }

  return {
    get,
    list: (filter: KeyFilter): Promise<Listing<KeyOverview>> => repository.list(filter),

    async apply(body: ApplyBody, author: OnceAuthor): Promise<{ key: KeyOverview; secret: string }> {
      const wish = readWish(body);
      const secret = secrets.create();
      let isRepeat = true;
      const id = await repository.transaction((tx) =>
        billing.once(tx, { ...author, request: ['apply', JSON.stringify(body)] }, async () => {
          isRepeat = false;
          return issue(tx, wish, { action: 'key.create', secret, ...author });
        }),
      );
      // Its secret is not kept, so that the first answer cannot be given again.
      if (isRepeat) throw new KeyAlreadyIssued(String(id));
      return { key: await get(id), secret };
    },

    async update(body: UpdateBody, author: Author): Promise<KeyOverview> {
      const { id, group_id, month_quota, name, email, role, status } = body;
      const named = { name, email, role, status };
      const monthQuota = month_quota === undefined ? undefined : readAmount('month_quota', month_quota);
      const facts: KeyChange = {
        ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
        ...readSettings(body),
        ...(group_id !== undefined && { groupId: group_id === 0 ? null : group_id }),
      };
      await change({ id, action: 'key.update', ...author }, async (tx) => {
        const { groupId = null } = facts;
        if (groupId !== null && !(await groups.exists(tx, groupId))) throw new GroupUnknown();
        await repository.update(tx, id, facts);
        if (monthQuota !== undefined) await billing.setMonthQuota(tx, id, monthQuota);
      });
      return get(id);
    },

    async recharge(body: RechargeBody, author: OnceAuthor): Promise<KeyOverview> {
      const amount = readPositiveAmount('balance', body.balance);
      const keyId = await resolve(body);
      await get(keyId);
      const reason = body.reason ?? '';
      const expiresAt = readMoment('expires_at', body.expires_at ?? null);
      if (expiresAt !== null && expiresAt <= deps.now()) throw new ExpiryPast();
      const { balance } = await repository.transaction((tx) =>
        billing.once(
          tx,
          { ...author, request: ['recharge', keyId, String(amount), expiresAt?.toISOString() ?? null] },
          async (): Promise<{ balance: string }> => {
            const paid = await billing.credit(tx, { keyId, amount, reason, expiresAt, ...author });
            const entry = {
              action: 'key.recharge',
              target: `key:${keyId}`,
              ...rechargeFacts(paid, expiresAt),
            };
            await auditLog.record(tx, author, entry);
            return { balance: String(paid.balanceAfter) };
          },
        ),
      );
      // A repeated request answers as the first one did.
      return { ...(await get(keyId)), balance: BigInt(balance) };
    },

    /** The secret before stays good for the overlap; one before that ends now. */
    async resetSecret(body: ResetBody, author: Author): Promise<{ key: KeyOverview; secret: string }> {
      const id = await resolve(body);
      const secret = secrets.create();
      const stored = { digest: secrets.digest(secret), ...secrets.describe(secret) };
      await change({ id, action: 'key.rotate', ...author }, (tx) =>
        repository.rotate(tx, id, stored, body.overlap_seconds ?? 0),
      );
      return { key: await get(id), secret };
    },

    /** The key stops working; its history stays. */
    async remove(reference: KeyReferenceBody, author: Author): Promise<void> {
      const id = await resolve(reference);
      await change({ id, action: 'key.delete', ...author }, (tx) =>
        repository.update(tx, id, { deletedAt: deps.now() }),
      );
    },
  };
}

export type KeyService = ReturnType<typeof createKeyService>;
