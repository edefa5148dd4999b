// Turns what a log import says about our exchanges into proposals; those it replaces give way.
import type { Transaction } from '../../db/client.ts';
import type { DoubtfulExchange, LogRepository } from './logs/repository.ts';
import { type Correction, proposeCorrection } from './matching/correction.ts';
import { requestIdsAgree } from './matching/request-ids.ts';
import type { NewProposal, ReconciliationRepository } from './repository.ts';

export interface ProposerDeps {
  repository: Pick<ReconciliationRepository, 'propose' | 'supersede'>;
  logs: Pick<LogRepository, 'requestIds' | 'touched' | 'doubtful' | 'unheard'>;
}

/** PostgreSQL takes 65,535 parameters. */
const ROWS_AT_ONCE = 1_000;
const EXCHANGES_AT_ONCE = 10_000;

export function createProposer({ repository, logs }: ProposerDeps) {
  return {
    async propose(tx: Transaction, importId: number) {
      const requestIds = await logs.requestIds(tx, importId);
      const mayUse = requestIdsAgree(requestIds);
      const touched = await logs.touched(tx, importId, mayUse);
      let proposed = 0;
      for (const exchangeIds of chunks(touched, EXCHANGES_AT_ONCE)) {
        const doubtful = await logs.doubtful(tx, exchangeIds, mayUse);
        proposed += await replace(tx, importId, doubtful.map(byLog));
      }
      proposed += await replace(tx, importId, (await logs.unheard(tx, importId)).map(asReversal));
      return { proposed, requestIds };
    },
  };

  async function replace(tx: Transaction, importId: number, all: readonly Doubt[]): Promise<number> {
    // A proposal that says the same stays as it is.
    const changed = all.filter(
      ({ exchange, correction }) => (correction?.amount ?? null) !== exchange.proposed,
    );
    const rows = changed.flatMap(({ exchange, correction }) =>
      correction === undefined ? [] : [toProposal(importId, exchange, correction)],
    );
    for (const some of chunks(changed, ROWS_AT_ONCE))
      await repository.supersede(
        tx,
        some.map(({ exchange }) => exchange.exchangeId),
      );
    for (const some of chunks(rows, ROWS_AT_ONCE)) await repository.propose(tx, some);
    return rows.length;
  }
}

interface Doubt {
  exchange: DoubtfulExchange;
  correction: Correction | undefined;
}

function byLog(exchange: DoubtfulExchange): Doubt {
  return { exchange, correction: proposeCorrection(exchange, exchange.logged, exchange.corrected) };
}

function asReversal(exchange: DoubtfulExchange): Doubt {
  return { exchange, correction: { kind: 'reversal', awsAmount: 0n, amount: -exchange.fee } };
}

function toProposal(importId: number, exchange: DoubtfulExchange, correction: Correction): NewProposal {
  const { logged } = exchange;
  return {
    importId,
    ...correction,
    exchangeId: exchange.exchangeId,
    keyId: exchange.keyId,
    model: exchange.model,
    at: exchange.at,
    chargedAmount: exchange.fee + exchange.corrected,
    ledgerTokens: {
      input: exchange.inputTokens,
      output: exchange.outputTokens,
      cacheRead: exchange.cacheReadTokens,
      cacheWrite: exchange.cacheWrite5mTokens + exchange.cacheWrite1hTokens,
    },
    awsTokens: {
      input: logged.inputTokens,
      output: logged.outputTokens,
      cacheRead: logged.cacheReadTokens,
      cacheWrite: logged.cacheWriteTokens,
    },
  };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let at = 0; at < items.length; at += size) result.push(items.slice(at, at + size));
  return result;
}
