// Pictures through the whole gateway, as the official SDK asks for them: answers, money, filters and refusals.
import OpenAI from 'openai';
import t from 'tap';
import type { Behaviour } from '../../../src/simulator/script.ts';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

const NOVA = 'amazon.nova-canvas-v1:0';
const CORE = 'stability.stable-image-core-v1:1';
const JSON_TYPE = { 'content-type': 'application/json' };

const draw = (gateway: TestGateway, key: NewKey, body: object) =>
  gateway.api('POST', '/v1/images/generations', {
    key: key.secret,
    body: { model: NOVA, prompt: 'a red fox', ...body },
  });

async function newest(gateway: TestGateway, key: NewKey) {
  const list = await gateway.api('GET', '/user/thread/list?limit=1', { key: key.secret });
  const { id } = list.body.data.items[0];
  const read = async (what: string) =>
    (await gateway.api('GET', `/user/thread/${what}/${id}`, { key: key.secret })).body.data;
  return { thread: await read('detail'), receipt: await read('receipt') };
}

t.test('the SDK gets its pictures, and each costs its price', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const client = new OpenAI({ apiKey: key.secret, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const prices = { [NOVA]: '0.0600000000', [CORE]: '0.0400000000' };
  let count = 0;
  for (const [model, price] of Object.entries(prices)) {
    gateway.simulator.journal.clear();
    const asked = { model, prompt: 'a red fox', n: 6, size: '1024x1024' as const };
    const { data: answer, response } = await client.images.generate(asked).withResponse();
    t.equal(answer.data?.length, 6);
    t.equal(new Set(answer.data?.map(({ b64_json }) => b64_json)).size > 0, true);
    for (const { b64_json } of answer.data ?? [])
      t.match(Buffer.from(b64_json ?? '', 'base64').toString('latin1', 1, 4), 'PNG');
    t.equal(gateway.simulator.journal.entries().length, model === NOVA ? 2 : 6, 'calls upstream');
    count += 1;
    await gateway.recorded(count);
    const { thread, receipt } = await newest(gateway, key);
    const fee = (Number(price) * 6).toFixed(10);
    t.equal(response.headers.get('x-gateway-cost'), fee);
    t.match(thread, { fee, status: 'ok', usage_source: 'reported', tokens_in: 0, tokens_out: 0 });
    t.equal(thread.prompt, 'a red fox');
    t.equal(thread.completion, new Array(6).fill('[image]').join('\n'), 'no picture is kept');
    t.same(receipt.images, { count: 6, price_per_image: price, amount: fee });
    t.match(receipt, { lines_total: fee, rounding: '0.0000000000', fee, hold: { amount: fee } });
  }
  t.equal(await gateway.auditFaults(), 0);
});

t.test('the hold covers all the pictures that were asked for', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey({ month_quota: '0.12' });
  const tooMany = await draw(gateway, key, { n: 3 });
  t.equal(tooMany.status, 429);
  t.equal(tooMany.body.error.code, 'insufficient_quota');
  t.equal(gateway.simulator.journal.entries().length, 0);
  gateway.simulator.script({ behaviour: { kind: 'answer', gate: { name: 'both asked' } } });
  const first = draw(gateway, key, { n: 2 });
  await gateway.simulator.reached('both asked');
  t.equal((await draw(gateway, key, { n: 1 })).status, 429, 'what is held is not there twice');
  gateway.simulator.release('both asked');
  t.equal((await first).status, 200);
  await gateway.recorded(1);
  t.equal(await gateway.auditFaults(), 0);
});

const raw = (body: object): Behaviour => ({
  kind: 'raw',
  status: 200,
  headers: JSON_TYPE,
  body: JSON.stringify(body),
});
const failed = (exception: string, message?: string): Behaviour => ({
  kind: 'error',
  exception,
  ...(message !== undefined && { message }),
});
const BLOCKED = 'This request has been blocked by our content filters. Please adjust your prompt.';
const NOTHING = { source: 'none', images: 0 };

const endings: {
  name: string;
  behaviour: Behaviour;
  body?: object;
  status: number;
  code?: string;
  source: string;
  images: number;
}[] = [
  {
    name: 'the filter of Stability kept it back',
    behaviour: raw({ images: [''], seeds: [0], finish_reasons: ['Filter reason: prompt'] }),
    body: { model: CORE },
    ...{ status: 400, code: 'content_filter', ...NOTHING },
  },
  {
    name: 'the filter of Nova kept all back',
    behaviour: raw({ images: [], error: 'blocked' }),
    ...{ status: 400, code: 'content_filter', ...NOTHING },
  },
  {
    name: 'the filter of Nova refused the prompt',
    behaviour: failed('ValidationException', BLOCKED),
    ...{ status: 400, code: 'content_filter', ...NOTHING },
  },
  {
    name: 'the filter of Nova kept one of two back',
    behaviour: raw({ images: ['QUJD'], error: 'one was blocked' }),
    ...{ status: 200, source: 'reported', images: 1 },
  },
  {
    name: 'throttled',
    behaviour: failed('ThrottlingException'),
    ...{ status: 429, code: 'rate_limit_exceeded', ...NOTHING },
  },
  {
    name: 'the upstream says that it failed',
    behaviour: failed('InternalServerException'),
    ...{ status: 502, code: 'upstream_error', source: 'estimated', images: 0 },
  },
  {
    name: 'nobody knows whether they were made',
    behaviour: { kind: 'cut' },
    ...{ status: 502, code: 'upstream_connection_error', source: 'estimated', images: 2 },
  },
];

t.test('each way that pictures can end is charged what was made, and a filter costs nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  let count = 0;
  for (const { name, behaviour, body = { n: 2 }, status, code, source, images } of endings) {
    const rule = gateway.simulator.script({ behaviour, times: 1 });
    const answer = await draw(gateway, key, body);
    rule.remove();
    count += 1;
    await gateway.recorded(count);
    t.equal(answer.status, status, name);
    t.equal(answer.body.error?.code, code, name);
    const { thread, receipt } = await newest(gateway, key);
    t.equal(thread.usage_source, source, name);
    t.equal(thread.fee, (images * 0.06).toFixed(10), name);
    t.equal(receipt.images?.count ?? 0, images, name);
    t.equal(answer.headers.get('x-gateway-cost'), thread.fee);
  }
  t.equal(await gateway.auditFaults(), 0);
});

t.test('pictures are shown although the filter refused the other calls', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  gateway.simulator.script({ behaviour: failed('ValidationException', BLOCKED), times: 1 });
  // Five in a call: one of two calls is refused.
  const answer = await draw(gateway, key, { n: 6 });
  t.equal(answer.status, 200);
  const count = answer.body.data.length;
  t.ok(count === 1 || count === 5, `${count} pictures`);
  await gateway.recorded(1);
  const { thread } = await newest(gateway, key);
  t.match(thread, { usage_source: 'reported', fee: (count * 0.06).toFixed(10) });
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a refusal beside a picture says whose fault it is, and what was made is paid for', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const message = 'Malformed input request: extraneous key [quality] is not permitted';
  gateway.simulator.script({ behaviour: failed('ValidationException', message), times: 1 });
  const alone = await draw(gateway, key, { n: 1 });
  gateway.simulator.script({ behaviour: failed('ValidationException', message), times: 1 });
  const partly = await draw(gateway, key, { n: 6 });
  t.equal(partly.status, 400);
  t.not(alone.body.error.code, null, 'the upstream’s text blames something');
  t.same(partly.body.error, alone.body.error);
  await gateway.recorded(2);
  t.match((await newest(gateway, key)).thread, { usage_source: 'reported' });
});

t.test(
  'what cannot be served is refused by the name of its field; what has no effect is named',
  async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey();
    const cases: [body: object, code: string, param: string][] = [
      [{ prompt: '' }, 'invalid_value', 'prompt'],
      [{ prompt: null }, 'invalid_type', 'prompt'],
      [{ n: 0 }, 'invalid_value', 'n'],
      [{ n: 11 }, 'invalid_value', 'n'],
      [{ response_format: 'url' }, 'unsupported_value', 'response_format'],
      [{ response_format: 'pdf' }, 'invalid_value', 'response_format'],
      [{ size: '256x256' }, 'invalid_value', 'size'],
      [{ size: 'large' }, 'invalid_value', 'size'],
      [{ quality: 'best' }, 'invalid_value', 'quality'],
      [{ quality: 'constructor' }, 'invalid_value', 'quality'],
      [{ output_format: 'webp' }, 'unsupported_value', 'output_format'],
      [{ output_format: 'jpeg' }, 'unsupported_value', 'output_format'],
      [{ output_format: 'gif' }, 'invalid_value', 'output_format'],
      [{ background: 'transparent' }, 'unsupported_value', 'background'],
      [{ stream: true }, 'unsupported_parameter', 'stream'],
      [{ partial_images: 2 }, 'unsupported_parameter', 'partial_images'],
      [{ model: 'claude-3-haiku' }, 'unsupported_value', 'model'],
      [{ model: 'amazon.titan-embed-text-v2:0' }, 'unsupported_value', 'model'],
    ];
    for (const [body, code, param] of cases) {
      const answer = await draw(gateway, key, body);
      t.equal(answer.status, 400, JSON.stringify(body));
      t.match(answer.body.error, { code, param, type: 'invalid_request_error' });
    }
    t.equal(gateway.simulator.journal.entries().length, 0);
    const more = { style: 'vivid', moderation: 'low', quality: 'hd', user: 'u', background: 'auto' };
    const answer = await draw(gateway, key, { ...more, model: CORE });
    t.equal(answer.headers.get('x-gateway-dropped-params'), 'style, moderation, quality');
  },
);

t.test('a picture without a price is not made', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const answer = await gateway.admin('POST', '/admin/price/set', {
    ...{ base_id: NOVA, scope: 'in-region' },
    bands: [{ input: '1', output: '1' }],
  });
  t.equal(answer.status, 200, JSON.stringify(answer.body));
  t.match((await draw(gateway, key, {})).body.error, { code: 'model_not_allowed', param: 'model' });
  t.equal(gateway.simulator.journal.entries().length, 0);
});
