// Writes what was said, apart from the money: in batches, after the exchange is settled, never in its way.
import type { FastifyInstance } from 'fastify';
import type { SqlExecutor } from '../../db/client.ts';
import { createBatcher } from '../../lib/batch.ts';
import { head, storableText } from '../../lib/text.ts';
import type { NewThread, ThreadRepository } from './repository.ts';

/** With 36 characters per id a notification stays under Postgres's 8,000 bytes. */
const BATCH_ITEMS = 200;
/** Under load; lists show an exchange within the second that the contract allows. */
const GATHER_MS = 20;
const HEAD_LENGTH = 200;

/** The text of an ended exchange. */
export interface SpokenExchange {
  exchangeId: string;
  keyId: number;
  /** The client's session id, if it sent one. */
  sessionKey: string | null;
  isStreamed: boolean;
  /** True when the answer came to its end. */
  isComplete: boolean;
  /** The last user message as text. */
  prompt: string;
  completion: string;
  /** The messages as sent, JSON; null if the prompt was the only one. */
  wholePrompt: string | null;
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
    if (exchanges.every((exchange) => exchange.sessionKey === null))
      await repository.insert(exchanges.map(toThread));
    else await repository.transaction((tx) => writeWithSessions(tx, exchanges));
    return exchanges.map(() => undefined);
  }

  async function writeWithSessions(tx: SqlExecutor, exchanges: readonly SpokenExchange[]): Promise<void> {
    const named = exchanges.flatMap(({ keyId, sessionKey }) =>
      sessionKey === null ? [] : [{ keyId, key: sessionKey }],
    );
    const touched = await sessions.touch(tx, named);
    const sessionOf = ({ keyId, sessionKey }: SpokenExchange) =>
      touched.find((session) => session.keyId === keyId && session.key === sessionKey);
    await repository.insert(
      exchanges.map((exchange) => ({ ...toThread(exchange), sessionId: sessionOf(exchange)?.id ?? null })),
      tx,
    );
    // A client that wants a title asks for a summary in a request that is not streamed (BRClient does).
    for (const exchange of exchanges) {
      const session = sessionOf(exchange);
      if (session?.isUntitled && !exchange.isStreamed && exchange.isComplete)
        await sessions.nameUntitled(tx, session.id, storableText(exchange.completion));
    }
    const untitled = touched.filter((session) => session.isUntitled).map((session) => session.id);
    if (untitled.length === 0) return;
    for (const { sessionId, prompt } of await repository.firstPrompts(tx, untitled))
      await sessions.nameUntitled(tx, sessionId, prompt);
  }

  return { record: batcher.add, idle: batcher.idle };
}

export type Recorder = ReturnType<typeof createRecorder>;

function toThread(exchange: SpokenExchange): NewThread {
  const prompt = storableText(exchange.prompt);
  const completion = storableText(exchange.completion);
  return {
    exchangeId: exchange.exchangeId,
    sessionId: null,
    prompt,
    completion,
    wholePrompt: exchange.wholePrompt === null ? null : storableText(exchange.wholePrompt),
    promptHead: head(prompt, HEAD_LENGTH),
    completionHead: head(completion, HEAD_LENGTH),
    startedAt: exchange.startedAt,
  };
}
