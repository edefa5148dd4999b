// What a model says arrives to the letter, whatever is in it and wherever the connections cut it.
import fc from 'fast-check';
import OpenAI from 'openai';
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';

const awkward = fc.constantFrom(
  ...[
    '\u0000',
    '\u2028',
    '\u2029',
    '\ud83d',
    '\ude42',
    '"',
    "'",
    '\\',
    '\r\n\r\n',
    '\n',
    '\ufeff',
    '</script>',
  ],
  ...['data: [DONE]\n\n', ': ping', '\u007f\u001b[0m', 'e\u0301', '🙂', '{"', '\\u0000'],
);

t.test('text arrives unchanged through the gateway, whatever it holds and wherever it is cut', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const client = new OpenAI({ apiKey: key.secret, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const deltas = fc.array(fc.oneof(awkward, fc.string({ unit: 'binary', maxLength: 9 })), {
    minLength: 1,
    maxLength: 12,
  });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(deltas, fc.integer({ min: 1, max: 400 }), async (said, bytesPerWrite) => {
      gateway.simulator.reset();
      gateway.simulator.script({ behaviour: { kind: 'answer', deltas: said, bytesPerWrite } });
      const stream = await client.chat.completions.create({
        model: 'claude-3-haiku',
        messages: [{ role: 'user', content: 'ping' }],
        stream: true,
      });
      let heard = '';
      for await (const { choices } of stream) heard += choices[0]?.delta.content ?? '';
      runs += 1;
      if (heard !== said.join('')) throw new Error(`${JSON.stringify(heard)} is not ${JSON.stringify(said)}`);
    }),
    { numRuns: 60 },
  );
  await gateway.recorded(runs);
  t.equal(await gateway.auditFaults(), 0, 'and every one of them was settled');
});
