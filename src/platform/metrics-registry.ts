// Counters, histograms and gauges under one prefix, so that no room needs to know the library.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { withDeadline } from '../lib/deadline.ts';

interface Named {
  /** Without our prefix; units last: `_seconds`, `_usd_total`. */
  name: string;
  help: string;
}

/** What a gauge says when it is read: a number, or one per value of its label. */
export type Reading = number | Readonly<Record<string, number>>;

export interface Metrics {
  counter<L extends string>(metric: Named & { labels?: readonly L[] }): Counter<L>;
  histogram<L extends string>(
    metric: Named & { labels?: readonly L[]; buckets: readonly number[] },
  ): Histogram<L>;
  /** Read at each scrape; one that fails or takes longer than two seconds is left out of it. */
  gauge(metric: Named & { label?: string; read(): Reading | Promise<Reading> }): void;
}

const PREFIX = 'brconnector_';
const READ_DEADLINE_MS = 2_000;
export function createMetrics(registry: Registry): Metrics {
  const registers = [registry];
  return {
    counter: ({ name, help, labels = [] }) =>
      new Counter({ name: PREFIX + name, help, labelNames: labels, registers }),
    histogram: ({ name, help, labels = [], buckets }) =>
      new Histogram({ name: PREFIX + name, help, labelNames: labels, buckets: [...buckets], registers }),
    gauge({ name, help, label, read }) {
      new Gauge({
        name: PREFIX + name,
        help,
        labelNames: label === undefined ? [] : [label],
        registers,
        async collect() {
          this.reset();
          const reading = await readInTime(read);
          // A gauge without a value is not 0; one with labels has none left after its reset.
          if (reading === undefined) {
            if (label === undefined) this.remove();
          } else if (typeof reading === 'number') this.set(reading);
          else if (label !== undefined)
            for (const [value, amount] of Object.entries(reading)) this.set({ [label]: value }, amount);
        },
      });
    },
  };
}

async function readInTime(read: () => Reading | Promise<Reading>): Promise<Reading | undefined> {
  try {
    return await withDeadline(
      (async () => read())(),
      READ_DEADLINE_MS,
      () => new Error('the gauge took too long'),
    );
  } catch {
    return undefined;
  }
}
