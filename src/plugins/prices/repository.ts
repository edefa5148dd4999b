import { and, eq, type SQL, sql } from 'drizzle-orm';
import { CATALOGUE_CHANGED } from '../../db/channels.ts';
import type { Database, Transaction } from '../../db/client.ts';
import { price } from '../../db/schema/prices.ts';
import type { PriceList, PricePlace, PriceRow } from './price-book.ts';

export { CATALOGUE_CHANGED };

const columns = {
  baseId: price.baseId,
  scope: price.scope,
  tier: price.tier,
  validFrom: price.validFrom,
  source: price.source,
  actor: price.actor,
  createdAt: price.createdAt,
  overInputTokens: price.overInputTokens,
  input: price.input,
  output: price.output,
  cacheRead: price.cacheRead,
  cacheWrite5m: price.cacheWrite5m,
  cacheWrite1h: price.cacheWrite1h,
  image: price.image,
  embedding: price.embedding,
};

export function createPriceRepository({ db }: { db: Database['db'] }) {
  return {
    transaction: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => db.transaction(work),

    /** Every row: the book has hundreds, perhaps thousands. */
    async loadAll(tx: Transaction | Database['db'] = db): Promise<PriceRow[]> {
      return tx.select(columns).from(price);
    },

    /** Until the transaction ends nobody else writes prices, so that what was compared is what is replaced. */
    async lock(tx: Transaction): Promise<void> {
      await tx.execute(sql`lock table ${price} in share row exclusive mode`);
    },

    /** Takes the place of the list of the same place and date, if there is one. */
    async put(tx: Transaction, list: PriceList): Promise<void> {
      const { bands, ...facts } = list;
      await tx.delete(price).where(of(list));
      await tx.insert(price).values(bands.map((band) => ({ ...facts, ...band })));
    },

    async remove(tx: Transaction, list: PricePlace & { validFrom: Date }): Promise<void> {
      await tx.delete(price).where(of(list));
    },

    /** Tells every replica, when the transaction commits. */
    async announce(tx: Transaction): Promise<void> {
      await tx.execute(sql`select pg_notify(${CATALOGUE_CHANGED}, '')`);
    },
  };
}

export type PriceRepository = ReturnType<typeof createPriceRepository>;

function of({ baseId, scope, tier, validFrom }: PricePlace & { validFrom: Date }): SQL | undefined {
  return and(
    eq(price.baseId, baseId),
    eq(price.scope, scope),
    eq(price.tier, tier),
    eq(price.validFrom, validFrom),
  );
}
