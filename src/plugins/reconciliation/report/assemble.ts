// The report: the ledger against AWS, per day, model and kind of token. Pure.

import { formatMoney, type Money } from '../../../lib/money.ts';
import { likelyScale, statedScale } from '../bill/units.ts';
import { parseUsageType, type TokenKind } from '../bill/usage-type.ts';
import { type Decimal, parseDecimal, ratePerMillion, toMoney, toTokens } from '../decimal.ts';
import type { ModelNames } from '../matching/models.ts';
import { causesOf, ripenessOf, stateOf } from '../matching/verdict.ts';
import type { Report, ReportRow } from '../schemas.ts';

/** Sums as decimal texts; costs are tokens x price (10^-10 USD per million). */
export interface LedgerTotal
  extends Record<`${'input' | 'output' | 'cacheRead' | 'cacheWrite'}${'' | 'Cost'}`, string> {
  day: string;
  baseId: string;
  target: string;
  estimates: number;
  leftClients: number;
  fee: string;
}

export interface LogTotal extends Record<'input' | 'output' | 'cacheRead' | 'cacheWrite', string> {
  day: string;
  modelId: string;
  /** Calls of ours that no exchange answers to. */
  lostCalls: number;
}

export interface BillTotal {
  branch: string;
  day: string;
  granularity: string;
  lineType: string;
  usageType: string;
  principal: string;
  modelHint: string;
  unit: string;
  currency: string;
  quantity: string;
  cost: string;
  netCost: string | null;
}

export interface ExchangeTotal {
  verdict: keyof Report['exchanges'];
  count: number;
}

export interface Facts {
  ledger: readonly LedgerTotal[];
  log: readonly LogTotal[];
  bill: readonly BillTotal[];
  /** What the bills cover, UTC days, both included. */
  billedDays: readonly { from: string; to: string }[];
  exchanges: readonly ExchangeTotal[];
  /** By which AWS knows us. */
  roles: readonly string[];
  requestIds: { compared: number; agree: number; areUsed: boolean };
}

interface Cell {
  day: string;
  model: string;
  kind: TokenKind;
  isMapped: boolean;
  ledgerTokens: number;
  /** Tokens x price, 10^-16 USD. */
  ledgerCost: bigint;
  logTokens: number | null;
  awsTokens: number | null;
  awsCost: Decimal;
  otherTokens: number;
  hasOtherTerms: boolean;
  isMonthly: boolean;
}

interface DayFacts {
  estimates: number;
  leftClients: number;
  lostCalls: number;
  cachedTokens: number;
}

const KINDS = [
  ['input', 'input'],
  ['output', 'output'],
  ['cache_read', 'cacheRead'],
  ['cache_write', 'cacheWrite'],
] as const;

export function assembleReport(
  range: { from: string; to: string },
  facts: Facts,
  { names, now }: { names: ModelNames; now: Date },
): Report {
  const table = createTable();
  for (const total of facts.ledger)
    table.addLedger(total, total.baseId || names.ofTarget(total.target) || total.target);
  for (const total of facts.log) table.addLog(total, names.ofTarget(total.modelId) ?? total.modelId);
  const money = addBill(facts, table, names);
  const isBilled = (day: string) => facts.billedDays.some(({ from, to }) => from <= day && day <= to);
  const loggedDays = new Set(facts.log.map(({ day }) => day));
  const hasPrincipals = facts.bill.some(({ principal }) => principal !== '');
  const rows = [...table.cells.values()]
    .filter((cell) => cell.ledgerTokens > 0 || cell.awsTokens !== null || (cell.logTokens ?? 0) > 0)
    .map((cell) =>
      toRow(cell, {
        isBilled: isBilled(cell.day),
        hasLog: loggedDays.has(cell.day),
        callersUnknown: !hasPrincipals || facts.roles.length === 0,
        about: table.about(cell),
        now,
      }),
    )
    .sort(byDayModelKind);
  const exchanges = {
    equal: 0,
    tokens_differ: 0,
    ledger_only: 0,
    error: 0,
    not_covered: 0,
    log_only_ours: 0,
    log_only_others: 0,
  };
  for (const { verdict, count } of facts.exchanges) exchanges[verdict] += count;
  const { compared, agree, areUsed } = facts.requestIds;
  return {
    ...range,
    exchanges,
    request_ids: { compared, agree, are_used: areUsed },
    rows,
    money: {
      ...money,
      ledger: formatMoney(facts.ledger.reduce((sum, { fee }) => sum + BigInt(fee), 0n)),
    },
    currencies: [...new Set(facts.bill.map(({ currency }) => currency).filter(Boolean))].sort(),
    callers: [...facts.roles].sort(),
  };
}

function createTable() {
  const cells = new Map<string, Cell>();
  const days = new Map<string, DayFacts>();

  function cell(day: string, model: string, kind: TokenKind, isMapped = true): Cell {
    const id = `${day} ${kind} ${model}`;
    const found = cells.get(id) ?? {
      ...{ day, model, kind, isMapped, ledgerTokens: 0, ledgerCost: 0n, logTokens: null, awsTokens: null },
      ...{ awsCost: 0n, otherTokens: 0, hasOtherTerms: false, isMonthly: false },
    };
    cells.set(id, found);
    return found;
  }

  function about({ day, model }: { day: string; model: string }): DayFacts {
    const id = `${day} ${model}`;
    const found = days.get(id) ?? { estimates: 0, leftClients: 0, lostCalls: 0, cachedTokens: 0 };
    days.set(id, found);
    return found;
  }

  return {
    cells,
    cell,
    about,
    addLedger(total: LedgerTotal, model: string): void {
      const day = about({ day: total.day, model });
      day.estimates += total.estimates;
      day.leftClients += total.leftClients;
      day.cachedTokens += Number(total.cacheRead) + Number(total.cacheWrite);
      for (const [kind, name] of KINDS) {
        const found = cell(total.day, model, kind);
        found.ledgerTokens += Number(total[name]);
        found.ledgerCost += BigInt(total[`${name}Cost`]);
      }
    },
    addLog(total: LogTotal, model: string): void {
      about({ day: total.day, model }).lostCalls += total.lostCalls;
      for (const [kind, name] of KINDS) {
        const found = cell(total.day, model, kind);
        found.logTokens = (found.logTokens ?? 0) + Number(total[name]);
      }
    },
    /** What the ledger charged for a model's tokens of a kind, over all days. */
    rateOf(model: string, kind: TokenKind): Money | undefined {
      const own = [...cells.values()].filter((found) => found.model === model && found.kind === kind);
      const tokens = own.reduce((sum, { ledgerTokens }) => sum + ledgerTokens, 0);
      return ledgerRate(
        own.reduce((sum, { ledgerCost }) => sum + ledgerCost, 0n),
        tokens,
      );
    },
  };
}

type Table = ReturnType<typeof createTable>;

/** Puts the bill's tokens into the table, and what are no tokens of ours into sums of money. */
function addBill({ bill, roles }: Facts, table: Table, names: ModelNames): Omit<Report['money'], 'ledger'> {
  const sums = { notTokens: new Map<string, Decimal>(), unclassified: new Map(), moneyOnly: new Map() };
  let [aws, others] = [0n, 0n];
  let net: Decimal | null = null;
  const add = (to: Map<string, Decimal>, name: string, cost: Decimal) =>
    to.set(name, (to.get(name) ?? 0n) + cost);

  for (const line of bill) {
    const cost = parseDecimal(line.cost) ?? 0n;
    if (line.branch === 'money') {
      add(sums.moneyOnly, line.lineType, cost);
      continue;
    }
    const isOthers = roles.length > 0 && line.principal !== '' && !roles.includes(line.principal);
    if (isOthers) others += cost;
    else {
      aws += cost;
      if (line.netCost !== null) net = (net ?? 0n) + (parseDecimal(line.netCost) ?? 0n);
    }
    const usage = parseUsageType(line.usageType);
    if (line.branch === 'agentcore' || usage.kind === 'other') {
      if (!isOthers) add(sums.notTokens, line.usageType, cost);
      continue;
    }
    const name = line.modelHint || usage.model || '';
    const model =
      names.ofBillingName(name) ?? (usage.model === null ? undefined : names.ofBillingName(usage.model));
    const quantity = parseDecimal(line.quantity) ?? 0n;
    const expected =
      model === undefined || usage.kind === 'unknown' ? undefined : table.rateOf(model, usage.kind);
    const scale = statedScale(line.unit) ?? likelyScale(quantity, cost, expected);
    if (usage.kind === 'unknown' || scale === undefined) {
      if (!isOthers) add(sums.unclassified, line.usageType, cost);
      continue;
    }
    const cell = table.cell(line.day, model ?? (name || line.usageType), usage.kind, model !== undefined);
    const tokens = toTokens(quantity, scale);
    if (isOthers) {
      cell.otherTokens += tokens;
      continue;
    }
    cell.awsTokens = (cell.awsTokens ?? 0) + tokens;
    cell.awsCost += cost;
    cell.hasOtherTerms ||=
      usage.isLongContext || usage.isGlobal || usage.isHourCache || usage.tier !== 'standard';
    cell.isMonthly ||= line.granularity === 'monthly';
  }
  const list = (from: Map<string, Decimal>) =>
    [...from]
      .map(([name, cost]) => ({ name, amount: formatMoney(toMoney(cost)) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    aws: formatMoney(toMoney(aws)),
    aws_net: net === null ? null : formatMoney(toMoney(net)),
    other_callers: formatMoney(toMoney(others)),
    not_tokens: list(sums.notTokens),
    unclassified: list(sums.unclassified),
    money_only: list(sums.moneyOnly),
  };
}

interface RowContext {
  isBilled: boolean;
  hasLog: boolean;
  callersUnknown: boolean;
  about: DayFacts;
  now: Date;
}

function toRow(cell: Cell, { isBilled, hasLog, callersUnknown, about, now }: RowContext): ReportRow {
  const awsTokens = cell.awsTokens ?? (isBilled ? 0 : null);
  const rates = {
    ledgerRate: ledgerRate(cell.ledgerCost, cell.ledgerTokens),
    awsRate: ratePerMillion(cell.awsCost, awsTokens ?? 0),
  };
  const bucket = {
    day: cell.day,
    ledgerTokens: cell.ledgerTokens,
    awsTokens,
    isMapped: cell.isMapped,
    ...rates,
  };
  const state = stateOf(bucket);
  const ripeness = ripenessOf(cell.day, now);
  const ledgerAmount = (cell.ledgerCost + 500_000n) / 1_000_000n;
  const awsAmount = awsTokens === null ? null : toMoney(cell.awsCost);
  const money = (amount: Money | null | undefined) =>
    amount === null || amount === undefined ? null : formatMoney(amount);
  return {
    day: cell.day,
    model: cell.model,
    kind: cell.kind,
    ledger_tokens: cell.ledgerTokens,
    log_tokens: cell.logTokens ?? (hasLog ? 0 : null),
    aws_tokens: awsTokens,
    ledger_amount: formatMoney(ledgerAmount),
    aws_amount: money(awsAmount),
    difference_tokens: awsTokens === null ? null : awsTokens - cell.ledgerTokens,
    difference_amount: awsAmount === null ? null : formatMoney(awsAmount - ledgerAmount),
    ledger_rate: money(rates.ledgerRate),
    aws_rate: money(rates.awsRate),
    ripeness,
    state,
    causes: causesOf(bucket, state, {
      ripeness,
      ...about,
      callersUnknown,
      hasLog,
      otherCallersTokens: cell.otherTokens,
      hasOtherTerms: cell.hasOtherTerms,
      isMonthly: cell.isMonthly,
    }),
  };
}

/** Tokens x price in 10^-16 USD -> 10^-10 USD per million tokens, rounded. */
function ledgerRate(cost: bigint, tokens: number): Money | undefined {
  return tokens === 0 ? undefined : (cost + BigInt(tokens) / 2n) / BigInt(tokens);
}

function byDayModelKind(a: ReportRow, b: ReportRow): number {
  const order = (row: ReportRow) => `${row.model} ${KINDS.findIndex(([kind]) => kind === row.kind)}`;
  if (a.day !== b.day) return a.day < b.day ? 1 : -1;
  return order(a) < order(b) ? -1 : 1;
}
