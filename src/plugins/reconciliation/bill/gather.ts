// Adds the lines of a report up to days, so that what is stored grows with models and callers, not with hours. Holds a
// bounded number of sums: full ones are handed on, and whoever stores them adds.
import { createHash } from 'node:crypto';
import type { BillLine } from './decode-line.ts';

export interface BillSum extends BillLine {
  /** Names what was added up, the amounts left out. */
  bucket: string;
  rows: number;
}

/** What the operator wants to know of an import. */
export interface BillCounts {
  rows: number;
  kept: number;
  branches: Record<string, number>;
  periods: string[];
  payers: string[];
  currencies: string[];
  granularities: string[];
  /** Usage types that are counted in more than one unit. */
  mixedUnits: string[];
  hasPrincipals: boolean;
  from: string | null;
  to: string | null;
}

export function createBillGatherer(maxSums = 5_000) {
  let sums = new Map<string, BillSum>();
  // Discounts, credits and taxes of all services: theirs are known for Bedrock's once everything is read.
  const money = new Map<string, BillSum>();
  const keptCodes = new Set<string>();
  const units = new Map<string, Set<string>>();
  const branches: Record<string, number> = {};
  const seen = { periods: new Set<string>(), payers: new Set<string>(), currencies: new Set<string>() };
  const granularities = new Set<string>();
  let [rows, kept, hasPrincipals] = [0, 0, false];
  let from: string | null = null;
  let to: string | null = null;

  function note(line: BillLine): void {
    kept += 1;
    branches[line.branch] = (branches[line.branch] ?? 0) + 1;
    seen.periods.add(line.period);
    seen.payers.add(line.payer);
    if (line.currency !== '') seen.currencies.add(line.currency);
    granularities.add(line.granularity);
    hasPrincipals ||= line.principal !== '';
    from = from === null || line.day < from ? line.day : from;
    to = to === null || line.day > to ? line.day : to;
    const known = units.get(line.usageType) ?? new Set();
    units.set(line.usageType, known.add(line.unit));
  }

  function take(): BillSum[] {
    const taken = [...sums.values()];
    sums = new Map();
    return taken;
  }

  return {
    /** @returns sums to store, when there are many */
    add(line: BillLine | undefined): BillSum[] {
      rows += 1;
      if (line === undefined) return [];
      if (line.branch === 'money') {
        // Their usage types and days add nothing.
        addTo(money, {
          ...line,
          day: `${line.period}-01`,
          usageType: '',
          principal: '',
          unit: '',
          modelHint: '',
        });
        return [];
      }
      keptCodes.add(line.productCode);
      note(line);
      addTo(sums, line);
      return sums.size >= maxSums ? take() : [];
    },
    end(): { sums: BillSum[]; counts: BillCounts } {
      const ofBedrock = [...money.values()].filter(({ productCode }) => keptCodes.has(productCode));
      for (const sum of ofBedrock) {
        kept += sum.rows;
        branches.money = (branches.money ?? 0) + sum.rows;
        if (sum.currency !== '') seen.currencies.add(sum.currency);
      }
      return {
        sums: [...take(), ...ofBedrock],
        counts: {
          rows,
          kept,
          branches,
          periods: [...seen.periods].sort(),
          payers: [...seen.payers].sort(),
          currencies: [...seen.currencies].sort(),
          granularities: [...granularities].sort(),
          mixedUnits: [...units].filter(([, set]) => set.size > 1).map(([usageType]) => usageType),
          hasPrincipals,
          from,
          to,
        },
      };
    },
  };
}

function addTo(sums: Map<string, BillSum>, line: BillLine): void {
  const { quantity, cost, netCost, ...facts } = line;
  const bucket = Object.values(facts).join('\u001f');
  const sum = sums.get(bucket);
  if (sum === undefined) {
    sums.set(bucket, { ...line, bucket: digestOf(bucket), rows: 1 });
    return;
  }
  sum.quantity += quantity;
  sum.cost += cost;
  sum.netCost = netCost === null && sum.netCost === null ? null : (sum.netCost ?? 0n) + (netCost ?? 0n);
  sum.rows += 1;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
