// The tables of upstream errors, row by row: through the real gateway, in each dialect, streamed and not, with one
// target and with two.
import t, { type Test } from 'tap';
import type { Behaviour } from '../../../src/simulator/simulator.ts';
import type { ApiAnswer, NewKey, TestGateway } from '../../helpers/gateway.ts';
import { addsUp, type Receipt } from '../billing/receipts/adds-up.ts';
import { type ErrorRow, EXCEPTIONS, IN_STREAM, REJECTIONS, type StreamErrorRow } from './error-rows.ts';
import { createModel, feeOf, newestReceipt, startWithPrices, type TestModel } from './two-targets.ts';

const ANSWER: Behaviour = {
  kind: 'answer',
  text: 'pong',
  usage: { inputTokens: 1000, outputTokens: 7, totalTokens: 1007 },
};
/** "ping": 4 bytes are one likely token, and 8 for the turn. */
const ESTIMATED = [9, 0] as const;

const DIALECTS = ['openai', 'anthropic'] as const;
type Dialect = (typeof DIALECTS)[number];

function ask(gateway: TestGateway, key: NewKey, { dialect, model, stream }: Ask): Promise<ApiAnswer> {
  if (dialect === 'openai') return gateway.chat(key, { model, stream });
  return gateway.api('POST', '/v1/messages', {
    headers: { 'x-api-key': key.secret, 'anthropic-version': '2023-06-01' },
    body: { model, stream, max_tokens: 64, messages: [{ role: 'user', content: 'ping' }] },
  });
}

interface Ask {
  dialect: Dialect;
  model: string;
  stream: boolean;
}

for (const dialect of DIALECTS)
  for (const stream of [false, true])
    t.test(`errors before the first event, to ${dialect}'s clients (stream: ${stream})`, async (t) => {
      const { gateway, key } = await startWithPrices(t);
      let recorded = 0;
      for (const row of [...EXCEPTIONS, ...REJECTIONS])
        for (const isDouble of [false, true]) {
          const model = await createModel(gateway, { isDouble });
          const rules = [
            gateway.simulator.script({ match: { modelId: model.first }, behaviour: row.behaviour }),
            gateway.simulator.script({ match: { modelId: model.second }, behaviour: ANSWER }),
          ];
          const answer = await ask(gateway, key, { dialect, model: model.name, stream });
          for (const rule of rules) rule.remove();
          recorded += 1;
          const receipt = await newestReceipt(gateway, key, recorded);
          await t.test(`${row.name} (${isDouble ? 'two targets' : 'one target'})`, async (t) => {
            addsUp(t, receipt);
            if (isDouble && row.moves) isMadeGood(t, { row, model, answer, receipt });
            else isTold(t, { row, model, answer, receipt, dialect });
          });
        }
      t.equal(await gateway.auditFaults(), 0);
    });

interface Seen {
  row: ErrorRow;
  model: TestModel;
  answer: ApiAnswer;
  receipt: Receipt;
}

const outcomes = (receipt: Receipt) => receipt.attempts.map((each: { outcome: string }) => each.outcome);

function isMadeGood(t: Test, { row, model, answer, receipt }: Seen): void {
  t.equal(answer.status, 200);
  t.same(outcomes(receipt), [row.outcome, 'served']);
  t.match(receipt, { status: 'ok', target: model.second, fee: feeOf([1000, 7], 'second') });
}

function isTold(t: Test, { row, model, answer, receipt, dialect }: Seen & { dialect: Dialect }): void {
  const { error } = answer.body;
  t.equal(answer.headers.get('content-type')?.startsWith('application/json'), true);
  if (dialect === 'openai') {
    const [status, type, code, param = null] = row.openai;
    t.same([answer.status, error.type, error.code, error.param], [status, type, code, param]);
  } else {
    t.same([answer.status, answer.body.type, error.type], [row.anthropic[0], 'error', row.anthropic[1]]);
  }
  t.equal(answer.headers.get('retry-after'), row.retryAfter?.[dialect === 'openai' ? 0 : 1] ?? null);
  t.equal(answer.headers.get('x-should-retry'), row.isFinal ? 'false' : null);
  if (row.text !== undefined) t.match(error.message, row.text);
  t.match(error.message, /\w/);
  t.notMatch(JSON.stringify(answer.body), /html|secret|123456789012|arn:aws/);
  t.same(outcomes(receipt), [row.outcome]);
  t.match(receipt, {
    target: model.first,
    usage_source: row.isCharged ? 'estimated' : 'none',
    fee: row.isCharged ? feeOf(ESTIMATED, 'first') : '0.0000000000',
  });
}

for (const dialect of DIALECTS)
  t.test(
    `errors after the first event, to ${dialect}'s clients: told in the stream, never repeated`,
    async (t) => {
      const { gateway, key } = await startWithPrices(t);
      let recorded = 0;
      for (const row of IN_STREAM) {
        const model = await createModel(gateway);
        const fault = { kind: 'exception', name: row.name, afterDeltas: 2 } as const;
        gateway.simulator.script({
          match: { modelId: model.first },
          behaviour: { kind: 'answer', deltas: ['four', 'four', 'four'], fault },
        });
        const answer = await ask(gateway, key, { dialect, model: model.name, stream: true });
        recorded += 1;
        const receipt = await newestReceipt(gateway, key, recorded);
        await t.test(row.name, async (t) => isToldInStream(t, { row, dialect, answer, receipt, model }));
      }
      t.equal(await gateway.auditFaults(), 0);
    },
  );

function isToldInStream(t: Test, seen: Omit<Seen, 'row'> & { row: StreamErrorRow; dialect: Dialect }): void {
  const { row, dialect, answer, receipt, model } = seen;
  t.equal(answer.status, 200);
  const events = [...String(answer.body).matchAll(/^data: (\{.*\})$/gm)].map(([, json = '']) =>
    JSON.parse(json),
  );
  const failures = events.filter((event) => 'error' in event);
  t.equal(failures.length, 1);
  const error = failures[0]?.error;
  if (dialect === 'openai') t.same([error.type, error.code], row.openai);
  else t.equal(error.type, row.anthropic);
  t.same(outcomes(receipt), [row.outcome]);
  t.match(receipt, { target: model.first, usage_source: 'estimated', fee: feeOf([9, 2], 'first') });
}

t.test(
  'an upstream that is silent too long is a time-out, charged, and not repeated elsewhere',
  async (t) => {
    const { gateway, key } = await startWithPrices(t, {
      env: { UPSTREAM_FIRST_EVENT_SECONDS: '1' },
    });
    let recorded = 0;
    for (const dialect of DIALECTS) {
      const model = await createModel(gateway);
      gateway.simulator.script({ match: { modelId: model.first }, behaviour: { kind: 'stall' } });
      const answer = await ask(gateway, key, { dialect, model: model.name, stream: true });
      t.equal(answer.status, 504);
      recorded += 1;
      const receipt = await newestReceipt(gateway, key, recorded);
      t.same(outcomes(receipt), ['timeout']);
      t.match(receipt, { status: 'upstream_timeout', fee: feeOf(ESTIMATED, 'first') });
    }
  },
);

t.test('a prompt that is too long is to blame by the name that its route has for it', async (t) => {
  const { gateway, key } = await startWithPrices(t);
  const message = 'prompt is too long: 210000 tokens > 200000 maximum';
  gateway.simulator.script({ behaviour: { kind: 'error', exception: 'ValidationException', message } });
  const { body } = await gateway.api('POST', '/v1/completions', {
    key: key.secret,
    body: { model: 'claude-3-haiku', prompt: 'ping', max_tokens: 64 },
  });
  t.match(body.error, { code: 'context_length_exceeded', param: 'prompt' });
});
