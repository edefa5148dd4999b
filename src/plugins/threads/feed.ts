// The live feed: whichever replica served an exchange, every open feed that may see it does.
import type { ThreadRepository } from './repository.ts';
import { toRow } from './rows.ts';
import type { ThreadRow } from './schemas.ts';

export interface Subscriber {
  /** The key whose rights opened it; null: the bootstrap key. */
  ownerId: number | null;
  /** Null: exchanges of all keys. */
  keyId: number | null;
  push(row: ThreadRow): void;
  close(): void;
}

export interface FeedDeps {
  repository: Pick<ThreadRepository, 'listByExchange'>;
  onError(error: unknown): void;
}

export function createFeed({ repository, onError }: FeedDeps) {
  const subscribers = new Set<Subscriber>();

  return {
    /** @returns ends the subscription */
    subscribe(subscriber: Subscriber): () => void {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    },

    /** Another replica, or this one, recorded these exchanges (ids, comma-separated). */
    async announce(payload: string): Promise<void> {
      if (subscribers.size === 0) return;
      try {
        const rows = (await repository.listByExchange(payload.split(','))).map(toRow);
        for (const subscriber of subscribers)
          for (const row of rows)
            if (subscriber.keyId === null || subscriber.keyId === row.key_id) subscriber.push(row);
      } catch (error) {
        onError(error);
      }
    },

    /** This key was changed, and may have lost its rights: its feeds end, and whoever still may opens a new one. */
    endFeedsOf(ownerId: number): void {
      for (const subscriber of subscribers) if (subscriber.ownerId === ownerId) subscriber.close();
    },

    close(): void {
      for (const subscriber of subscribers) subscriber.close();
      subscribers.clear();
    },
  };
}

export type Feed = ReturnType<typeof createFeed>;
