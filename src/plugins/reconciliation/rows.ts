// Rows of the tables -> rows on the wire.
import { formatMoney } from '../../lib/money.ts';
import type { ImportOverview, Proposal } from './repository.ts';
import type { ImportRow, ProposalRow } from './schemas.ts';

export function toImportRow(row: ImportOverview): ImportRow {
  const { id, kind, name, sha256, bytes, rows, kept, facts, proposals, posted, actor } = row;
  return {
    ...{ id, kind, name, sha256, bytes, rows, kept, facts, proposals, posted, actor },
    starts_at: row.startsAt?.toISOString() ?? null,
    ends_at: row.endsAt?.toISOString() ?? null,
    adds_to: row.billId === id ? null : row.billId,
    created_at: row.createdAt.toISOString(),
  };
}

export function toProposalRow(row: Proposal): ProposalRow {
  const { id, kind, model, state } = row;
  return {
    ...{ id, kind, model, state },
    import_id: row.importId,
    exchange_id: row.exchangeId,
    key_id: row.keyId,
    at: row.at.toISOString(),
    ledger_tokens: row.ledgerTokens,
    aws_tokens: row.awsTokens,
    charged: formatMoney(row.chargedAmount),
    by_aws: formatMoney(row.awsAmount),
    amount: formatMoney(row.amount),
    posted_by: row.postedBy,
    posted_at: row.postedAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
  };
}
