// Changing the price book. Every change is audited in its own commit and announced to all replicas; what has been
// charged already stays as it is.
import type { FastifyInstance } from 'fastify';
import type { Transaction } from '../../db/client.ts';
import type { Author } from '../audit-log/index.ts';
import { PriceInForce, PriceNotFound } from './errors.ts';
import { groupIntoLists, type ListState, type PriceList, placeName, statesAt } from './price-book.ts';
import { readFile, readList, readMoment, type WrittenList } from './read-lists.ts';
import type { PriceRepository } from './repository.ts';
import { toBandRow, toListRow, toPlaceRow } from './rows.ts';
import type { DeletePriceBody, ImportAnswer, PriceBookFile, SetPriceBody } from './schemas.ts';

export interface PriceServiceDeps {
  repository: PriceRepository;
  auditLog: FastifyInstance['auditLog'];
  /** Resolves when this process works with the changed book. */
  reload(): Promise<void>;
  now(): Date;
}

export interface PriceFilter {
  q?: string | undefined;
  baseId?: string | undefined;
  scope?: string | undefined;
  tier?: string | undefined;
  state?: ListState | undefined;
  /** Only the lists in force then. */
  at?: string | undefined;
}

export interface DatedList {
  list: PriceList;
  state: ListState;
}

export function createPriceService({ repository, auditLog, reload, now }: PriceServiceDeps) {
  async function lists(tx?: Transaction): Promise<PriceList[]> {
    return groupIntoLists(await repository.loadAll(tx));
  }

  /** Writes under the lock and answers when this process works with the result. */
  async function change<T>(work: (tx: Transaction, book: PriceList[]) => Promise<T>): Promise<T> {
    const result = await repository.transaction(async (tx) => {
      await repository.lock(tx);
      const done = await work(tx, await lists(tx));
      await repository.announce(tx);
      return done;
    });
    await reload();
    return result;
  }

  async function put(tx: Transaction, author: Author, before: PriceList | null, list: PriceList) {
    await repository.put(tx, list);
    await auditLog.record(tx, author, {
      action: 'price.set',
      target: targetOf(list),
      before: before && factsOf(before),
      after: factsOf(list),
    });
  }

  return {
    /** Lists in order of their places, the newest of each first; with the state each has now. */
    async list(filter: PriceFilter): Promise<DatedList[]> {
      const at = filter.at === undefined ? now() : readMoment(filter.at, 'at');
      const book = await lists();
      const states = statesAt(book, at);
      const wanted = filter.state ?? (filter.at === undefined ? undefined : 'in_force');
      return book.flatMap((list) => {
        const state = states.get(list) ?? 'past';
        return isMatch(list, filter) && (wanted === undefined || state === wanted) ? [{ list, state }] : [];
      });
    },

    export: (): Promise<PriceList[]> => lists(),

    async set(body: SetPriceBody, author: Author): Promise<DatedList & { isBackdated: boolean }> {
      const moment = now();
      const written = readList({ ...body, valid_from: body.valid_from ?? moment.toISOString() });
      const list: PriceList = { ...written, actor: author.actor, createdAt: moment };
      await change((tx, book) => put(tx, author, find(book, list) ?? null, list));
      const state = statesAt(await lists(), now());
      const stored = [...state].find(([candidate]) => isSamePlaceAndDate(candidate, list));
      return { list, state: stored?.[1] ?? 'past', isBackdated: list.validFrom < moment };
    },

    async remove(body: DeletePriceBody, author: Author): Promise<void> {
      const { baseId, scope, tier, validFrom } = readList({ ...body, bands: [] });
      await change(async (tx, book) => {
        const list = find(book, { baseId, scope, tier, validFrom });
        if (list === undefined) throw new PriceNotFound();
        if (list.validFrom <= now()) throw new PriceInForce();
        await repository.remove(tx, list);
        await auditLog.record(tx, author, {
          action: 'price.delete',
          target: targetOf(list),
          before: factsOf(list),
          after: null,
        });
      });
    },

    /** All lists of the file or none; lists that are not in the file stay. */
    async import(
      file: PriceBookFile,
      { author, isDryRun }: { author: Author; isDryRun: boolean },
    ): Promise<ImportAnswer> {
      const written = readFile(file);
      if (isDryRun) return toAnswer(compare(written, await lists()), isDryRun);
      return change(async (tx, book) => {
        const compared = compare(written, book);
        for (const { list, before, isSame } of compared)
          if (!isSame) await put(tx, author, before, { ...list, actor: author.actor, createdAt: now() });
        return toAnswer(compared, isDryRun);
      });
    },
  };
}

export type PriceService = ReturnType<typeof createPriceService>;

interface Compared {
  list: WrittenList;
  before: PriceList | null;
  isSame: boolean;
}

function compare(written: readonly WrittenList[], book: readonly PriceList[]): Compared[] {
  const known = new Map(book.map((list) => [nameOf(list), list]));
  return written.map((list) => {
    const before = known.get(nameOf(list)) ?? null;
    return { list, before, isSame: before !== null && textOf(before) === textOf(list) };
  });
}

function toAnswer(compared: readonly Compared[], isDryRun: boolean): ImportAnswer {
  const changed = compared.filter(({ isSame }) => !isSame);
  return {
    dry_run: isDryRun,
    added: changed.filter(({ before }) => before === null).length,
    changed: changed.filter(({ before }) => before !== null).length,
    same: compared.length - changed.length,
    changes: changed.map(({ list, before }) => ({
      change: before === null ? ('added' as const) : ('changed' as const),
      ...toPlaceRow(list),
      before: before?.bands.map(toBandRow) ?? null,
      after: list.bands.map(toBandRow),
    })),
  };
}

type PlaceAndDate = Pick<WrittenList, 'baseId' | 'scope' | 'tier' | 'validFrom'>;

function nameOf(list: PlaceAndDate): string {
  return `${placeName(list)} ${list.validFrom.getTime()}`;
}

function isSamePlaceAndDate(a: PlaceAndDate, b: PlaceAndDate): boolean {
  return nameOf(a) === nameOf(b);
}

function find(book: readonly PriceList[], wanted: PlaceAndDate): PriceList | undefined {
  return book.find((list) => isSamePlaceAndDate(list, wanted));
}

function textOf(list: WrittenList): string {
  return JSON.stringify([list.source, list.bands.map(toBandRow)]);
}

function targetOf({ baseId, scope, tier }: PlaceAndDate): string {
  return `price:${baseId}/${scope}/${tier}`;
}

function factsOf(list: PriceList) {
  const { valid_from, source, bands } = toListRow(list, 'past');
  return { valid_from, source, bands };
}

function isMatch(list: PriceList, { q, baseId, scope, tier }: PriceFilter): boolean {
  const isFound =
    q === undefined || `${placeName(list)} ${list.source}`.toLowerCase().includes(q.toLowerCase());
  return (
    isFound &&
    (baseId === undefined || list.baseId === baseId) &&
    (scope === undefined || list.scope === scope) &&
    (tier === undefined || list.tier === tier)
  );
}
