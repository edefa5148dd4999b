// What a run found, for people, and whether it is good enough.
import type { Seen } from './traffic.ts';
import type { Judgement } from './verdict.ts';

export interface RunReport {
  seed: number;
  tookMs: number;
  /** How often each kind was injected. */
  faults: Readonly<Record<string, number>>;
  /** What could not be tried here, and why. */
  skipped: readonly string[];
  requests: readonly Seen[];
  recharges: number;
  samples: number;
  judgement: Judgement;
  /** Rows that another process settled. */
  abandoned: number;
  /** Those of a process that was only cut off. */
  abandonedOfLiving: number;
  /** How long each refusal for want of a database took. */
  refusalsMs: readonly number[];
  /** The worst delay of our own event loop: the machine's part of every latency. */
  loopDelayMs: number;
  problems: readonly string[];
}

/** The contract is three seconds; a busy machine may add its own, and what our own process was late. */
const REFUSED_WITHIN_MS = 3_000;
const SLACK_MS = 1_000;

/** Everything that must not be; empty when all is well. */
export function faultsOf(report: RunReport): string[] {
  const { missing, double, wrong, leaked } = report.judgement;
  const limit = REFUSED_WITHIN_MS + SLACK_MS + report.loopDelayMs;
  const name = (word: string) => (story: string) => `${word}: ${story}`;
  return [
    ...missing.map(name('missing')),
    ...double.map(name('double')),
    ...wrong.map(name('wrong')),
    ...leaked.map(name('refused, but sent upstream')),
    ...report.problems,
    ...(worstOf(report) > limit ? [`a 503 took ${Math.round(worstOf(report))} ms`] : []),
    ...(report.samples === 0 ? ['the books were never looked at'] : []),
  ];
}

export function summaryOf(report: RunReport): string[] {
  const { judgement, requests } = report;
  const counts = (record: Readonly<Record<string, number>>) =>
    Object.entries(record)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ') || 'none';
  const endings: Record<string, number> = {};
  for (const { ending, status } of requests) {
    const name = ending === 'failed' ? `failed with ${status}` : ending;
    endings[name] = (endings[name] ?? 0) + 1;
  }
  return [
    `seed ${report.seed} (CHAOS_SEED=${report.seed}), ${Math.round(report.tookMs / 1000)} s`,
    ...report.skipped.map((what) => `SKIPPED: ${what}`),
    `requests: ${requests.length}: ${counts(endings)}; recharges: ${report.recharges}`,
    `faults: ${counts(report.faults)}`,
    `charges: ${counts(judgement.charges)}; settled for another process: ${report.abandoned} (${report.abandonedOfLiving} of them for one that lived)`,
    `samples: ${report.samples}; ${judgement.missing.length} missing, ${judgement.double.length} double, ` +
      `${judgement.wrong.length} wrong, ${judgement.leaked.length} sent though refused`,
    `refused for want of a database: ${report.refusalsMs.length}, the slowest after ${Math.round(worstOf(report))} ms ` +
      `(our own event loop was late by up to ${Math.round(report.loopDelayMs)} ms)`,
    `other problems: ${report.problems.length}`,
  ];
}

function worstOf({ refusalsMs }: RunReport): number {
  return Math.max(0, ...refusalsMs);
}
