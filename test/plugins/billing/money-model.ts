// What the money core must do, as plain arithmetic over lists in memory: no SQL, no batches, no clock of its own.
// What it keeps are events; every sum is made anew when it is asked for.
export type Window = 'day' | 'month' | 'total';
export type Owner = { key: number } | { group: number };

export interface ModelHold {
  key: number;
  group: number | null;
  day: number;
  amount: bigint;
  /** What it costs when its process dies: its input, and the answer that had arrived. */
  inputTokens: number;
  inputRate: bigint;
  outputRate: bigint;
  answerBytes: number;
}

/** A settled exchange. Month and day are those of its hold. */
export interface ModelCharge {
  key: number;
  group: number | null;
  day: number;
  /** As it was settled. */
  charged: bigint;
  /** Corrections included; `fee` = the part of the quota + the part of the balance. */
  fee: bigint;
  fromBalance: bigint;
  isEstimate: boolean;
  isCorrected: boolean;
}

/** Money that came in: paid, or given by an adjustment or a transfer. */
export interface ModelIncome {
  amount: bigint;
  balanceBefore: bigint;
  isPayment: boolean;
  /** Days; null: never. */
  expiresOn: number | null;
  hasLapsed: boolean;
}

export interface ModelKey {
  balance: bigint;
  monthQuota: bigint;
  /** By month; a month has its limit from its first hold or edit on. */
  limits: Map<number, bigint>;
  incomes: ModelIncome[];
}

export interface ModelBudget {
  owner: Owner;
  window: Window;
  limit: bigint;
}

export type Verdict = { held: true } | { held: false; available: bigint; limits: string[] };

export const DAYS_PER_MONTH = 28;
export const monthOf = (day: number): number => Math.floor(day / DAYS_PER_MONTH);
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
const least = (...amounts: bigint[]) => amounts.reduce((low, amount) => (amount < low ? amount : low));
const atLeastZero = (amount: bigint) => (amount < 0n ? 0n : amount);

export class MoneyModel {
  day = 0;
  readonly keys: ModelKey[] = [];
  readonly holds = new Map<string, ModelHold>();
  readonly charges = new Map<string, ModelCharge>();
  /** Ends of abandoned holds that their process will still tell. */
  readonly abandoned: string[] = [];
  budgets: ModelBudget[] = [];

  addKey(monthQuota: bigint, balance: bigint): void {
    this.keys.push({ balance: 0n, monthQuota, limits: new Map(), incomes: [] });
    this.recharge(this.keys.length - 1, balance);
  }

  key(index: number): ModelKey {
    const key = this.keys[index];
    if (key === undefined) throw new Error(`no key ${index}`);
    return key;
  }

  held(owner: Owner): bigint {
    return sum([...this.holds.values()].filter((hold) => isOf(hold, owner)).map(({ amount }) => amount));
  }

  totalFee(owner: Owner): bigint {
    return sum([...this.charges.values()].filter((charge) => isOf(charge, owner)).map(({ fee }) => fee));
  }

  quotaUsed(key: number, month: number): bigint {
    const charges = [...this.charges.values()].filter((one) => one.key === key && monthOf(one.day) === month);
    return sum(charges.map(({ fee, fromBalance }) => fee - fromBalance));
  }

  /** What is left of the quota of a month; a month that nobody has used yet has it whole. */
  quotaFree(key: number, month: number): bigint {
    const { limits, monthQuota } = this.key(key);
    return atLeastZero((limits.get(month) ?? monthQuota) - this.quotaUsed(key, month));
  }

  budgetUsed({ owner, window }: Pick<ModelBudget, 'owner' | 'window'>): bigint {
    const charges = [...this.charges.values()].filter((charge) => isOf(charge, owner));
    return sum(charges.filter(({ day }) => this.isInWindow(window, day)).map(({ fee }) => fee));
  }

  isInWindow(window: Window, day: number): boolean {
    if (window === 'day') return day === this.day;
    return window === 'total' || monthOf(day) === monthOf(this.day);
  }

  /** Decides and, if it fits, holds. */
  hold(id: string, wanted: Omit<ModelHold, 'day' | 'answerBytes'>): Verdict {
    const { key, group, amount } = wanted;
    const { limits, monthQuota, balance } = this.key(key);
    const month = monthOf(this.day);
    if (!limits.has(month)) limits.set(month, monthQuota);
    const bounds = [
      { limit: 'funds', left: this.quotaFree(key, month) + balance - this.held({ key }) },
      ...this.rooms({ key }, 'key'),
      ...(group === null ? [] : this.rooms({ group }, 'group')),
    ];
    const available = least(...bounds.map(({ left }) => left));
    if (amount <= available && available > 0n) {
      this.holds.set(id, { ...wanted, day: this.day, answerBytes: 0 });
      return { held: true };
    }
    const limitsHit = bounds.filter(({ left }) => left === available).map(({ limit }) => limit);
    return { held: false, available, limits: limitsHit };
  }

  rooms(owner: Owner, prefix: string) {
    return this.budgets
      .filter((budget) => isSame(budget.owner, owner))
      .map((budget) => ({
        limit: `${prefix}_${budget.window}`,
        left: budget.limit - this.budgetUsed(budget) - this.held(owner),
      }));
  }

  settle(id: string, fee: bigint, isEstimate = false): void {
    const hold = this.holds.get(id);
    if (hold === undefined) {
      this.correctEstimate(id, fee);
      return;
    }
    this.holds.delete(id);
    const { key, group, day } = hold;
    const fromQuota = least(fee, this.quotaFree(key, monthOf(day)));
    const fromBalance = fee - fromQuota;
    this.key(key).balance -= fromBalance;
    const charge = { key, group, day, charged: fee, fee, fromBalance };
    this.charges.set(id, { ...charge, isEstimate, isCorrected: false });
  }

  /** The truth about an estimate counts once, and gives back no more than is left of it. */
  correctEstimate(id: string, fee: bigint): void {
    const charge = this.charges.get(id);
    if (charge === undefined || !charge.isEstimate || charge.isCorrected) return;
    const change = fee - charge.charged;
    const bounded = change < -charge.fee ? -charge.fee : change;
    if (bounded === 0n) return;
    charge.isCorrected = true;
    this.correct(id, bounded);
  }

  release(id: string): void {
    if (!this.holds.delete(id)) this.correctEstimate(id, 0n);
  }

  abandon(id: string): void {
    const hold = this.holds.get(id);
    if (hold === undefined) throw new Error('not held');
    const outputTokens = Math.ceil(hold.answerBytes / 4);
    this.settle(id, exactFee([hold.inputTokens, hold.inputRate], [outputTokens, hold.outputRate]), true);
    this.abandoned.push(id);
  }

  /** False: more than is left would be given back. */
  correct(id: string, amount: bigint): boolean {
    const charge = this.charges.get(id);
    if (charge === undefined) throw new Error('not settled');
    if (charge.fee + amount < 0n) return false;
    const { key, day } = charge;
    const fromBalance =
      amount > 0n
        ? amount - least(amount, this.quotaFree(key, monthOf(day)))
        : -least(-amount, charge.fromBalance);
    charge.fee += amount;
    charge.fromBalance += fromBalance;
    this.key(key).balance -= fromBalance;
    return true;
  }

  recharge(key: number, amount: bigint): void {
    this.take(key, amount, true);
  }

  adjust(key: number, amount: bigint): void {
    this.take(key, amount, false);
  }

  take(key: number, amount: bigint, isPayment: boolean): void {
    const { balance, incomes } = this.key(key);
    this.key(key).balance += amount;
    const income = { amount, balanceBefore: balance, isPayment, expiresOn: null, hasLapsed: false };
    if (amount > 0n) incomes.push(income);
  }

  setQuota(key: number, monthQuota: bigint): void {
    this.key(key).monthQuota = monthQuota;
    this.key(key).limits.set(monthOf(this.day), monthQuota);
  }

  /** What of a balance no open hold may need; holds draw on the quota first. */
  freeBalance(key: number): bigint {
    const needed = atLeastZero(this.held({ key }) - this.quotaFree(key, monthOf(this.day)));
    return this.key(key).balance - needed;
  }

  /** False: refused. */
  transfer(from: number, to: number, amount: bigint): boolean {
    if (this.freeBalance(from) < amount) return false;
    this.take(from, -amount, false);
    this.take(to, amount, false);
    return true;
  }

  /** What lapses sooner is spent sooner: the rest of the balance is what was to last longer, and lasts. */
  lapse(key: number, payment: ModelIncome): void {
    const { incomes, balance } = this.key(key);
    const at = incomes.indexOf(payment);
    const lasting = (some: readonly ModelIncome[]) =>
      sum(some.filter((one) => !one.hasLapsed && lastsLonger(one, payment)).map(({ amount }) => amount));
    const earlier = least(lasting(incomes.slice(0, at)), atLeastZero(payment.balanceBefore));
    const beyond = balance - earlier - lasting(incomes.slice(at + 1));
    this.key(key).balance -= atLeastZero(least(payment.amount, beyond, this.freeBalance(key)));
    payment.hasLapsed = true;
  }

  /** A limit of null: the budget goes. */
  setBudget(owner: Owner, window: Window, limit: bigint | null): void {
    this.budgets = this.budgets.filter((one) => !isSame(one.owner, owner) || one.window !== window);
    if (limit !== null) this.budgets.push({ owner, window, limit });
  }
}

/** Exact, rounded once, half up. */
export function exactFee(...lines: [tokens: number, perMillion: bigint][]): bigint {
  const millionths = sum(lines.map(([tokens, price]) => BigInt(tokens) * price));
  const whole = millionths / 1_000_000n;
  return (millionths % 1_000_000n) * 2n >= 1_000_000n ? whole + 1n : whole;
}

function isOf({ key, group }: { key: number; group: number | null }, owner: Owner): boolean {
  return 'key' in owner ? key === owner.key : group === owner.group;
}

export function isSame(a: Owner, b: Owner): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function lastsLonger(other: ModelIncome, than: ModelIncome): boolean {
  return other.expiresOn === null || (than.expiresOn !== null && other.expiresOn > than.expiresOn);
}
