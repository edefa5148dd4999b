// A stream that fails on our own side, over a real socket: it ends, and so does the upstream's part.
import Fastify from 'fastify';
import t from 'tap';
import type { ChatEvent } from '../../../src/canonical/event.ts';
import { Refusal } from '../../../src/canonical/refusal.ts';
import type { Exchange } from '../../../src/plugins/chat-proxy/exchange.ts';
import { StreamFailed, streamAnswer } from '../../../src/plugins/chat-proxy/stream-answer.ts';
import type { StreamDialect } from '../../../src/plugins/chat-proxy/voice.ts';

const broken = () => {
  throw new Error('a bug of ours');
};

const cases: {
  name: string;
  dialect?: Partial<StreamDialect>;
  exchange?: Partial<Exchange>;
  told: RegExp;
}[] = [
  { name: 'encode', dialect: { encode: broken }, told: /^failed$/ },
  { name: 'observe', exchange: { observe: broken }, told: /^failed$/ },
  { name: 'end', dialect: { end: broken }, told: /failed$/ },
  { name: 'encodeFailure too', dialect: { encode: broken, encodeFailure: broken }, told: /^cut$/ },
];

for (const { name, dialect, exchange, told } of cases)
  t.test(`when ${name} throws, the response ends and the upstream is let go`, async (t) => {
    const app = Fastify();
    t.teardown(() => app.close());
    let isLetGo = false;
    let failure: unknown;
    async function* upstream(): AsyncGenerator<readonly ChatEvent[], undefined> {
      try {
        yield [{ type: 'start' }];
      } finally {
        isLetGo = true;
      }
    }
    // What it uses of an exchange.
    const parts: Partial<Exchange> = {
      observe: () => undefined,
      end: () => undefined,
      hasClientLeft: false,
      ...exchange,
    };
    app.get('/', async (_request, reply) => {
      failure = await streamAnswer({
        open: async () => {
          const rest = upstream();
          return { first: await rest.next(), rest };
        },
        exchange: parts as Exchange,
        dialect: {
          ping: '',
          encode: () => 'data ',
          end: () => 'end',
          encodeFailure: () => 'failed',
          ...dialect,
        },
        reply,
        toClientError: () => new Refusal('internal', 'no'),
      }).catch((error: unknown) => error);
      return reply;
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const text = await fetch(url, { signal: AbortSignal.timeout(5_000) })
      .then((response) => response.text())
      .catch((error: Error) => (error.name === 'TimeoutError' ? 'open' : 'cut'));
    t.match(text, told);
    t.ok(failure instanceof StreamFailed);
    t.ok(isLetGo);
  });
