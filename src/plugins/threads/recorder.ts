// Writes what was said, apart from the money: in batches, after the exchange is settled, never in its way.
import type { FastifyInstance } from 'fastify';
import type { SqlExecutor } from '../../db/client.ts';
import { createBatcher } from '../../lib/batch.ts';
import { head, storableText } from '../../lib/text.ts';
import type { SessionName, SessionRef } from '../sessions/index.ts';
import type { NewThread, ThreadRepository } from './repository.ts';

/** With 36 characters per id a notification stays under Postgres's 8,000 bytes. */
const BATCH_ITEMS = 200;
/** Under load; lists show an exchange within the second that the contract allows. */
const GATHER_MS = 20;
const HEAD_LENGTH = 200;

/** The text of an ended exchange. */
export interface SpokenExchange {
  /** What of it is kept: nothing at all, that it was, or what was said. */
  logging: 'off' | 'metadata' | 'full';
  exchangeId: string;
  keyId: number;
  /** The conversation it belongs to; null: none that is known yet. */
  session: SessionRef | null;
  /** What a second turn of its conversation will be known by; null: it opens none. */
  opening: string | null;
  isStreamed: boolean;
  /** True when the answer came to its end. */
  isComplete: boolean;
  /** The last user message as text. */
  prompt: string;
  completion: string;
  /** The messages as sent, JSON; null if the prompt was the only one. */
  wholePrompt: string | null;
  /** The answer's blocks, JSON; null: it was nothing but text. */
  wholeCompletion: string | null;
  startedAt: Date;
}

export interface RecorderDeps {
  repository: ThreadRepository;
  sessions: FastifyInstance['sessions'];
  isDatabaseAway(error: unknown): boolean;
}

export function createRecorder({ repository, sessions, isDatabaseAway }: RecorderDeps) {
  const batcher = createBatcher<SpokenExchange, void>({
    maxItems: BATCH_ITEMS,
    gatherMs: GATHER_MS,
    run: write,
    isItemFault: (error) => !isDatabaseAway(error),
  });

  async function write(exchanges: readonly SpokenExchange[]): Promise<undefined[]> {
    const kept = exchanges.filter(({ logging }) => logging !== 'off');
    if (kept.every((exchange) => exchange.session === null)) await repository.insert(kept.map(toThread));
    else await repository.transaction((tx) => writeWithSessions(tx, kept));
    // Their money is in the lists, so that feeds show them too.
    const unkept = exchanges.filter(({ logging }) => logging === 'off');
    if (unkept.length > 0) await repository.announce(unkept.map(({ exchangeId }) => exchangeId));
    return exchanges.map(() => undefined);
  }

  async function writeWithSessions(tx: SqlExecutor, exchanges: readonly SpokenExchange[]): Promise<void> {
    const touched = await sessions.touch(tx, await namesOf(tx, exchanges));
    const sessionOf = ({ keyId, session }: SpokenExchange) =>
      touched.find(
        (found) => found.keyId === keyId && found.origin === session?.origin && found.key === session.key,
      );
    await repository.insert(
      exchanges.map((exchange) => ({ ...toThread(exchange), sessionId: sessionOf(exchange)?.id ?? null })),
      tx,
    );
    const begun = touched.filter(({ origin }) => origin === 'turns');
    await repository.adopt(
      tx,
      begun.map(({ id, key }) => ({ sessionId: id, opening: key })),
    );
    // A client that wants a title asks for a summary in a request that is not streamed (BRClient does); those that do not
    // name their conversations ask for other things in such requests.
    for (const exchange of exchanges) {
      const session = sessionOf(exchange);
      const mayBeSummary = !exchange.isStreamed && exchange.isComplete && exchange.logging === 'full';
      if (session?.isUntitled && session.origin === 'header' && mayBeSummary)
        await sessions.nameUntitled(tx, session.id, storableText(exchange.completion));
    }
    const untitled = touched.filter((session) => session.isUntitled).map((session) => session.id);
    if (untitled.length === 0) return;
    for (const { sessionId, prompt } of await repository.firstPrompts(tx, untitled))
      await sessions.nameUntitled(tx, sessionId, prompt);
  }

  /** One that is known by how it began is a conversation only if it began here: examples in a prompt look alike. */
  async function namesOf(tx: SqlExecutor, exchanges: readonly SpokenExchange[]): Promise<SessionName[]> {
    const named = exchanges.flatMap(({ keyId, session }) =>
      session === null ? [] : [{ keyId, ...session }],
    );
    const begun = named.filter(({ origin }) => origin === 'turns').map(({ key }) => key);
    if (begun.length === 0) return named;
    const openings = new Set(await repository.knownOpenings(tx, begun));
    for (const { opening } of exchanges) if (opening !== null) openings.add(opening);
    return named.filter(({ origin, key }) => origin !== 'turns' || openings.has(key));
  }

  return { record: batcher.add, idle: batcher.idle };
}

export type Recorder = ReturnType<typeof createRecorder>;

function toThread(exchange: SpokenExchange): NewThread {
  const { exchangeId, startedAt } = exchange;
  if (exchange.logging !== 'full')
    return {
      exchangeId,
      startedAt,
      sessionId: null,
      promptHead: '',
      completionHead: '',
      bodies: null,
      opening: null,
    };
  const prompt = storableText(exchange.prompt);
  const completion = storableText(exchange.completion);
  const orNull = (text: string | null) => (text === null ? null : storableText(text));
  const wholePrompt = orNull(exchange.wholePrompt);
  const wholeCompletion = orNull(exchange.wholeCompletion);
  return {
    exchangeId,
    startedAt,
    sessionId: null,
    promptHead: head(prompt, HEAD_LENGTH),
    completionHead: head(completion, HEAD_LENGTH),
    bodies: { prompt, completion, wholePrompt, wholeCompletion },
    opening: exchange.opening,
  };
}
