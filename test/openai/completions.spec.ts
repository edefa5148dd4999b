// The older completions, by the official SDK.
import t from 'tap';
import { startTestGateway } from '../helpers/gateway.ts';
import { clientOf, collect, MODEL, rejectionOf, sentBy } from './sdk.ts';

const USAGE = { inputTokens: 5, outputTokens: 3, totalTokens: 8 };

t.test('a prompt is gone on from, whole and streamed', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const client = clientOf(gateway, key);
  gateway.simulator.script({
    behaviour: { kind: 'answer', deltas: ['a time', ' there was'], usage: USAGE, stopReason: 'max_tokens' },
  });
  const { data, response } = await client.completions
    .create({ model: MODEL, prompt: 'Once upon' })
    .withResponse();
  t.match(data, {
    id: /^cmpl-[0-9a-f-]{36}$/,
    object: 'text_completion',
    model: MODEL,
    choices: [{ text: 'a time there was', index: 0, logprobs: null, finish_reason: 'length' }],
    usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
  });
  t.match(response.headers.get('x-gateway-cost'), /^0\.0/);
  t.match(sentBy(gateway)[0], {
    messages: [{ role: 'user', content: [{ text: 'Once upon' }] }],
    inferenceConfig: { maxTokens: 16 },
  });

  const stream = await client.completions.create({
    model: MODEL,
    prompt: ['Once upon'],
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await collect(stream);
  t.equal(chunks.map((chunk) => chunk.choices[0]?.text ?? '').join(''), 'a time there was');
  t.same(chunks.map((chunk) => chunk.choices[0]?.finish_reason ?? null).filter(Boolean), ['length']);
  t.match(chunks.at(-1), { choices: [], usage: { total_tokens: 8 } });
  await gateway.recorded(2);
  const { body } = await gateway.api('GET', '/user/thread/detail/1', { key: key.secret });
  t.match(body.data, {
    prompt: 'Once upon',
    completion: 'a time there was',
    tokens_in: 5,
  });
  t.equal(await gateway.auditFaults(), 0);
});

t.test('a stream that breaks raises in the SDK', async (t) => {
  const gateway = await startTestGateway(t);
  const client = clientOf(gateway, await gateway.createKey());
  gateway.simulator.script({
    behaviour: { kind: 'answer', deltas: ['a', 'b', 'c'], fault: { kind: 'clean-end', afterDeltas: 2 } },
  });
  const stream = await client.completions.create({ model: MODEL, prompt: 'x', stream: true });
  t.match(await rejectionOf(collect(stream)), { code: 'upstream_incomplete_stream' });
});

const REFUSED: [members: Record<string, unknown>, code: string, param: string][] = [
  [{ prompt: undefined }, 'missing_required_parameter', 'prompt'],
  [{ prompt: null }, 'missing_required_parameter', 'prompt'],
  [{ prompt: '' }, 'invalid_value', 'prompt'],
  [{ prompt: [] }, 'invalid_value', 'prompt'],
  [{ prompt: 5 }, 'invalid_type', 'prompt'],
  [{ prompt: ['a', 'b'] }, 'unsupported_value', 'prompt'],
  [{ prompt: [1, 2] }, 'unsupported_value', 'prompt'],
  [{ prompt: [[1, 2]] }, 'unsupported_value', 'prompt'],
  [{ prompt: [null] }, 'invalid_type', 'prompt[0]'],
  [{ n: 2 }, 'unsupported_value', 'n'],
  [{ best_of: 3 }, 'unsupported_value', 'best_of'],
  [{ echo: true }, 'unsupported_parameter', 'echo'],
  [{ logprobs: 0 }, 'unsupported_parameter', 'logprobs'],
  [{ logit_bias: { 1: 2 } }, 'unsupported_parameter', 'logit_bias'],
  [{ suffix: 'end' }, 'unsupported_parameter', 'suffix'],
  [{ max_tokens: 0 }, 'invalid_value', 'max_tokens'],
  [{ stream_options: {} }, 'invalid_value', 'stream_options'],
];

t.test('what cannot be served is refused by its name, and nothing is sent', async (t) => {
  const gateway = await startTestGateway(t);
  const { secret } = await gateway.createKey();
  for (const [members, code, param] of REFUSED) {
    const body = { model: MODEL, prompt: 'x', ...members };
    const answer = await gateway.api('POST', '/v1/completions', { key: secret, body });
    t.match(answer, { status: 400, body: { error: { code, param } } }, JSON.stringify(members));
  }
  t.same(sentBy(gateway), []);
  const harmless = {
    model: MODEL,
    prompt: 'x',
    n: 1,
    best_of: 1,
    echo: false,
    suffix: '',
    logit_bias: {},
    seed: 1,
  };
  const answer = await gateway.api('POST', '/v1/completions', {
    key: secret,
    body: { ...harmless, top_k: 3 },
  });
  t.equal(answer.status, 200);
  t.equal(answer.headers.get('x-gateway-dropped-params'), 'top_k');
});
