// Imports files of AWS's, proposes corrections from them, and posts the chosen ones into the ledger.
import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Transaction } from '../../db/client.ts';
import { formatMoney, type Money } from '../../lib/money.ts';
import type { Author } from '../audit-log/index.ts';
import type { BillRepository } from './bill/repository.ts';
import { ImportBusy, ImportNotFound, ImportPosted, ImportUnreadable, ProposalNotOpen } from './errors.ts';
import type { LogRepository } from './logs/repository.ts';
import { createProposer } from './propose.ts';
import { readBill } from './read-bill.ts';
import { readLog } from './read-log.ts';
import type { ImportOverview, Proposal, ReconciliationRepository } from './repository.ts';
import type { ImportQuery } from './schemas.ts';
import { contentOf, type Upload, withUpload } from './upload.ts';

export interface ReconciliationServiceDeps {
  repository: ReconciliationRepository;
  logs: LogRepository;
  bills: BillRepository;
  billing: Pick<FastifyInstance['billing'], 'correct'>;
  auditLog: FastifyInstance['auditLog'];
}

/** What an import has found. */
interface Found {
  rows: number;
  kept: number;
  facts: Record<string, unknown>;
  startsAt: Date | null;
  endsAt: Date | null;
}

export function createReconciliationService(deps: ReconciliationServiceDeps) {
  const { repository, logs, bills, billing, auditLog } = deps;
  const proposer = createProposer({ repository, logs });

  /** All or nothing, and never two at once. */
  async function alone<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return repository.transaction(async (tx) => {
      if (!(await repository.tryLock(tx))) throw new ImportBusy();
      return work(tx);
    });
  }

  async function get(id: number): Promise<ImportOverview> {
    const found = await repository.find(id);
    if (found === undefined) throw new ImportNotFound();
    return found;
  }

  async function store(upload: Upload, query: ImportQuery, author: Author): Promise<number> {
    const { kind, name, adds_to: addsTo } = query;
    const billId = addsTo === undefined ? undefined : (await get(addsTo)).billId;
    if (billId === null || (billId !== undefined && kind !== 'cur'))
      throw new ImportUnreadable('adds_to: only a bill has further parts');
    return alone(async (tx) => {
      const { sha256, bytes } = upload;
      const facts = { rows: 0, kept: 0, facts: {} };
      const id = await repository.insert(tx, { kind, name, sha256, bytes, ...facts, ...author });
      const found = kind === 'cur' ? await storeBill(tx, id, upload) : await storeLog(tx, id, upload);
      await repository.update(tx, id, { ...found, billId: kind === 'cur' ? (billId ?? id) : null });
      await auditLog.record(tx, author, {
        action: 'reconciliation.import',
        target: `reconciliation-import:${id}`,
        before: null,
        after: { kind, name, sha256, rows: found.rows, kept: found.kept },
      });
      return id;
    });
  }

  async function storeLog(tx: Transaction, id: number, upload: Upload): Promise<Found> {
    if (upload.format === 'parquet') throw new ImportUnreadable('an invocation log is JSON, not Parquet');
    let kept = 0;
    const counts = await readLog(contentOf(upload), async (records) => {
      kept += await logs.insert(tx, id, records);
    });
    const { rows, foreign, malformed, from, to } = counts;
    const { proposed, requestIds } = await proposer.propose(tx, id);
    const duplicates = rows - foreign - malformed - kept;
    const facts = { duplicates, foreign, malformed, proposed, request_ids: requestIds };
    return { rows, kept, facts, startsAt: from, endsAt: to };
  }

  async function storeBill(tx: Transaction, id: number, upload: Upload): Promise<Found> {
    const { rows, kept, from, to, ...facts } = await readBill(upload, (sums) => bills.add(tx, id, sums));
    const moment = (day: string | null) => (day === null ? null : new Date(`${day}T00:00:00Z`));
    return { rows, kept, facts, startsAt: moment(from), endsAt: moment(to) };
  }

  async function post(ids: readonly number[], author: Author): Promise<{ posted: number; amount: Money }> {
    return alone(async (tx) => {
      const proposals = await repository.lockProposals(tx, ids);
      const gone = ids.filter((id) => !proposals.some((one) => one.id === id && one.state !== 'superseded'));
      if (gone.length > 0) throw new ProposalNotOpen(gone.join(', '));
      let amount = 0n;
      // In the order of the keys, as whoever locks several wallets does.
      const open = proposals
        .filter(({ state }) => state === 'proposed')
        .sort((a, b) => a.keyId - b.keyId || a.id - b.id);
      for (const proposal of open) {
        await postOne(tx, proposal, author);
        amount += proposal.amount;
      }
      return { posted: open.length, amount };
    });
  }

  async function postOne(tx: Transaction, proposal: Proposal, author: Author): Promise<void> {
    const { id, exchangeId, amount, importId } = proposal;
    await billing.correct(tx, {
      exchangeId,
      amount,
      kind: 'adjustment',
      reason: `reconciled with AWS, import ${importId}`,
      reference: `aws:${id}`,
      ...author,
    });
    await repository.markPosted(tx, id, author.actor);
    await auditLog.record(tx, author, {
      action: 'reconciliation.post',
      target: `reconciliation-proposal:${id}`,
      before: null,
      after: { exchange_id: exchangeId, amount: formatMoney(amount), import_id: importId },
    });
  }

  return {
    list: repository.list,
    listProposals: repository.listProposals,
    post,

    /** Reads the file to its end, whatever becomes of it. The same file again only looks for new proposals. */
    async import(source: Readable, query: ImportQuery, author: Author) {
      return withUpload(source, async (upload) => {
        const known = await repository.findByHash(upload.sha256);
        if (known === undefined)
          return { import: await get(await store(upload, query, author)), isKnown: false };
        const { kind } = await get(known);
        if (kind === 'invocation-log') await alone((tx) => proposer.propose(tx, known));
        return { import: await get(known), isKnown: true };
      });
    },

    async remove(id: number, author: Author): Promise<void> {
      const { kind, name, sha256, rows, kept } = await get(id);
      await alone(async (tx) => {
        if ((await repository.postedOf(tx, id)) > 0) throw new ImportPosted();
        await repository.remove(tx, id);
        await auditLog.record(tx, author, {
          action: 'reconciliation.delete',
          target: `reconciliation-import:${id}`,
          before: { kind, name, sha256, rows, kept },
          after: null,
        });
      });
    },
  };
}

export type ReconciliationService = ReturnType<typeof createReconciliationService>;
