// Making a key: with its wallet, its first payment and its entry in the audit log it is one commit, whoever asks.
import type { FastifyInstance } from 'fastify';
import type { Transaction } from '../../db/client.ts';
import type { Money } from '../../lib/money.ts';
import type { Author } from '../audit-log/index.ts';
import { readAmount } from './amounts.ts';
import { GroupUnknown, SecretTaken } from './errors.ts';
import type { KeyRepository, KeySettingColumns } from './repository.ts';
import { toFacts, toRow } from './rows.ts';
import type { ApplyBody } from './schemas.ts';
import { readSettings } from './settings.ts';

export interface IssuerDeps {
  repository: KeyRepository;
  billing: Pick<FastifyInstance['billing'], 'openWallet' | 'credit'>;
  groups: FastifyInstance['groups'];
  secrets: FastifyInstance['secrets'];
  auditLog: FastifyInstance['auditLog'];
}

/** A key that is asked for, read and found well. */
export interface Wish extends KeySettingColumns {
  name: string;
  email: string;
  role: 'user' | 'admin';
  /** 0: none. */
  groupId: number;
  monthQuota: Money;
  balance: Money;
}

export function readWish(body: ApplyBody): Wish {
  return {
    name: body.name,
    email: body.email ?? '',
    role: body.role ?? 'user',
    groupId: body.group_id ?? 0,
    monthQuota: readAmount('month_quota', body.month_quota),
    balance: readAmount('balance', body.balance),
    ...readSettings(body),
  };
}

export interface Issue extends Author {
  /** As the audit log names it. */
  action: 'key.create' | 'key.import';
  secret: string;
}

export function createIssuer({ repository, billing, groups, secrets, auditLog }: IssuerDeps) {
  /** @returns its id. @throws GroupUnknown, SecretTaken */
  return async function issue(
    tx: Transaction,
    { groupId, monthQuota, balance, ...wish }: Wish,
    { action, secret, ...author }: Issue,
  ): Promise<number> {
    if (groupId !== 0 && !(await groups.exists(tx, groupId))) throw new GroupUnknown();
    const keyId = await repository.insert(tx, {
      ...wish,
      groupId: groupId === 0 ? null : groupId,
      digest: secrets.digest(secret),
      ...secrets.describe(secret),
    });
    if (keyId === undefined) throw new SecretTaken();
    await secrets.welcome(tx, secret);
    await billing.openWallet(tx, keyId, monthQuota);
    if (balance > 0n)
      await billing.credit(tx, { keyId, amount: balance, reason: 'opening balance', ...author });
    const made = await repository.find(keyId, tx);
    if (made === undefined) throw new Error('key was not written');
    const after = { ...toFacts(made), balance: toRow(made).balance };
    await auditLog.record(tx, author, { action, target: `key:${keyId}`, before: null, after });
    return keyId;
  };
}

export type Issuer = ReturnType<typeof createIssuer>;
