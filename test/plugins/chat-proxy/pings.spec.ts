// A silent upstream must not make anybody on the way give up the connection.
import t from 'tap';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

const PING = ': ping\n\n';

/** A streamed chat, read piece by piece. */
async function open(gateway: TestGateway, secret: string) {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'claude-3-haiku',
      messages: [{ role: 'user', content: 'ping' }],
      max_tokens: 64,
      stream: true,
    }),
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    response,
    get text() {
      return text;
    },
    /** Reads on until the text fits, or to its end. */
    async until(wanted: RegExp): Promise<string> {
      while (!wanted.test(text)) {
        const next = await reader?.read();
        if (next === undefined || next.done) break;
        text += next.value;
      }
      return text;
    },
  };
}

t.test('pings', async (t) => {
  const gateway = await startTestGateway(t, { pingMs: 60 });
  const key = await gateway.createKey();

  t.test('a stream is opened and kept by pings before the first token, and between tokens', async (t) => {
    gateway.simulator.reset();
    gateway.simulator.script({
      behaviour: { kind: 'answer', deltas: ['a', 'b'], gate: { name: 'first' } },
    });
    const early = await open(gateway, key.secret);
    t.equal(early.response.status, 200);
    t.equal((await early.until(/(?:: ping\n\n){2}/)).replaceAll(PING, ''), '', 'nothing but pings');
    gateway.simulator.release('first');
    t.match(await early.until(/\[DONE\]/), /"content":"a"[\s\S]*"content":"b"[\s\S]*\[DONE\]/);

    gateway.simulator.reset();
    gateway.simulator.script({
      behaviour: { kind: 'answer', deltas: ['a', 'b'], gate: { name: 'second', afterDeltas: 1 } },
    });
    const between = await open(gateway, key.secret);
    t.match(await between.until(/"content":"a"[\s\S]*(?:: ping\n\n){2}/), PING);
    t.notMatch(between.text, '"content":"b"');
    gateway.simulator.release('second');
    t.match(await between.until(/\[DONE\]/), /"content":"b"[\s\S]*\[DONE\]/);
  });

  t.test('an upstream that refuses before a ping is a status, and after one an error event', async (t) => {
    const refusal = { kind: 'error' as const, exception: 'ThrottlingException' };
    gateway.simulator.reset();
    gateway.simulator.script({ behaviour: refusal });
    const early = await open(gateway, key.secret);
    t.not(early.response.status, 200);
    t.match(await early.until(/\}$/), /"error"/);

    gateway.simulator.reset();
    gateway.simulator.script({ behaviour: { ...refusal, gate: { name: 'late' } } });
    const late = await open(gateway, key.secret);
    t.equal(late.response.status, 200);
    await late.until(/: ping\n\n/);
    gateway.simulator.release('late');
    const text = await late.until(/"error"[\s\S]*\n\n/);
    t.match(text.replaceAll(PING, ''), /^data: \{"error":\{[^\n]*\}\}\n\n$/, 'and nothing after it');
    await gateway.recorded(4);
    t.equal(await gateway.auditFaults(), 0);
  });
});
