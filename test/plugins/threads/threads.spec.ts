// Threads: each exchange as it was, in lists and whole.
import t from 'tap';
import { startTestGateway } from '../../helpers/gateway.ts';

const ids = (body: { data: { items: { id: number }[] } }) => body.data.items.map(({ id }) => id);

t.test('a thread whole: prompt, answer, four counts, prices, fee and latencies', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  gateway.simulator.script({
    behaviour: {
      kind: 'answer',
      text: 'The answer.',
      usage: {
        inputTokens: 7,
        outputTokens: 11,
        cacheReadInputTokens: 100,
        cacheWriteInputTokens: 1000,
        totalTokens: 1118,
      },
    },
  });
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'First' },
    { role: 'assistant', content: 'Well' },
    { role: 'user', content: [{ type: 'text', text: 'The question?' }] },
  ];
  const headers = { 'Session-Id': 'my-session', 'x-request-id': 'my-request-1' };
  const chat = await gateway.chat(key, { messages, model: 'claude-3-sonnet' }, headers);
  await gateway.recorded(1);
  const { body } = await gateway.api('GET', '/user/thread/detail/1', { key: key.secret });
  const { created_at, invocation_latency, first_byte_latency, whole_prompt, ...rest } = body.data;
  // Sonnet: 3 and 15 USD per million; cache read a tenth, cache write 1.25 times the input.
  const fee = (7n * 30_000n + 11n * 150_000n + 100n * 3_000n + 1000n * 37_500n).toString().padStart(10, '0');
  t.same(rest, {
    id: 1,
    session_id: 1,
    session_key: 'my-session',
    request_id: 'my-request-1',
    key_id: key.id,
    model: 'claude-3-sonnet',
    prompt: 'The question?',
    completion: 'The answer.',
    whole_completion: null,
    tokens_in: 1107,
    tokens_out: 11,
    tokens_cache_read: 100,
    tokens_cache_write_5m: 1000,
    tokens_cache_write_1h: 0,
    price_in: '0.0000030000',
    price_out: '0.0000150000',
    fee: `0.${fee}`,
    currency: 'USD',
    status: 'ok',
    usage_source: 'reported',
    thread_type: 1,
  });
  t.same(JSON.parse(whole_prompt), messages, 'the messages as sent');
  t.ok(Number.isInteger(invocation_latency) && invocation_latency >= 0);
  t.ok(Number.isInteger(first_byte_latency) && first_byte_latency <= invocation_latency);
  t.ok(Math.abs(Date.parse(created_at) - Date.now()) < 60_000 && created_at.endsWith('Z'));
  for (const path of ['/admin/thread/detail/1', '/admin/thread/detail?id=1'])
    t.same((await gateway.admin('GET', path)).body, body, path);
  t.equal(chat.headers.get('x-request-id'), 'my-request-1');
  t.equal((await gateway.admin('GET', '/admin/session/detail/1')).body.data.total_fee, `0.${fee}`);
});

t.test('lists cut texts to 200 characters and read no bodies; a streamed thread is of type 0', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const prompt = `${'问'.repeat(199)}🌊${'x'.repeat(50)}`;
  const answer = '答'.repeat(500);
  gateway.simulator.script({ behaviour: { kind: 'answer', text: answer } });
  await gateway.chat(key, { messages: [{ role: 'user', content: prompt }], stream: true });
  await gateway.recorded(1);
  const { body } = await gateway.api('GET', '/user/thread/list', { key: key.secret });
  const [row] = body.data.items;
  t.same(Object.keys(row), [
    ...['id', 'session_id', 'key_id', 'model', 'prompt', 'completion', 'tokens_in', 'tokens_out', 'fee'],
    ...['status', 'created_at'],
  ]);
  t.equal(row.prompt, '问'.repeat(199), 'never half of a character');
  t.equal(row.completion, '答'.repeat(200));
  const detail = await gateway.api('GET', '/user/thread/detail/1', { key: key.secret });
  t.match(detail.body.data, { prompt, completion: answer, thread_type: 0 });
});

t.test('a NUL in an answer is delivered as it is and kept escaped; the call is paid', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  gateway.simulator.script({ behaviour: { kind: 'answer', text: 'a\0b' } });
  const chat = await gateway.chat(key);
  t.equal(chat.body.choices[0].message.content, 'a\0b');
  await gateway.recorded(1);
  const { data } = (await gateway.api('GET', '/user/thread/detail/1', { key: key.secret })).body;
  t.equal(data.completion, 'a\\u0000b');
  t.not(data.fee, '0.0000000000');
  t.equal(await gateway.auditFaults(), 0);
});

t.test('threads are newest first; those of one session oldest first', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  let count = 0;
  for (const session of ['a', 'b', 'a', 'a', 'b']) {
    await gateway.chat(key, {}, { 'Session-Id': session });
    count += 1;
    await gateway.recorded(count);
  }
  for (const room of ['user', 'admin']) {
    const list = async (query: string) =>
      (
        await gateway.api('GET', `/${room}/thread/list?${query}`, {
          key: room === 'user' ? key.secret : 'br_test_bootstrap_key_0123456789',
        })
      ).body;
    t.same(ids(await list('')), [5, 4, 3, 2, 1]);
    t.same(ids(await list('session_id=1')), [1, 3, 4]);
    t.same(ids(await list('session_id=1&orderBy=id-1')), [4, 3, 1]);
    t.same(ids(await list('orderBy=id-0')), [1, 2, 3, 4, 5]);
    t.same(ids(await list('session_id=1&limit=1&offset=1')), [3]);
    t.equal((await list('session_id=1&limit=1')).data.total, '3');
    t.same(ids(await list('session_id=99')), []);
    t.same(ids(await list('session_id=&limit=2')), [5, 4]);
  }
});

t.test('threads are found by what was asked or answered, beyond the first 200 characters', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const exchanges: [prompt: string, answer: string][] = [
    ['What is 100% of 7_5?', 'Seven'],
    ['大海为什么是蓝色的？', 'Because of the sky'],
    [`${'x'.repeat(300)} needle`, 'ok'],
    ['hm', `${'y'.repeat(300)} NEEDLE`],
  ];
  let count = 0;
  for (const [content, text] of exchanges) {
    gateway.simulator.script({ times: 1, behaviour: { kind: 'answer', text } });
    await gateway.chat(key, { messages: [{ role: 'user', content }] });
    count += 1;
    await gateway.recorded(count);
  }
  const find = async (q: string) =>
    ids((await gateway.api('GET', `/user/thread/list?q=${encodeURIComponent(q)}`, { key: key.secret })).body);
  t.same(await find('seven'), [1]);
  t.same(await find('0%'), [1]);
  t.same(await find('7_5'), [1]);
  t.same(await find('7x5'), []);
  t.same(await find('蓝色'), [2]);
  t.same(await find('Needle'), [4, 3]);
  t.same(await find('\\'), []);
});

t.test('an abandoned or refused request: the one is a thread, the other is not', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  t.equal((await gateway.chat(key, { model: 'gpt-unknown' })).status, 404);
  t.equal((await gateway.chat(key, { temperature: 9 })).status, 400);
  gateway.simulator.script({ times: 1, behaviour: { kind: 'error', exception: 'ValidationException' } });
  t.equal((await gateway.chat(key)).status, 400);
  await gateway.recorded(1);
  const { body } = await gateway.api('GET', '/user/thread/list', { key: key.secret });
  t.match(body.data, { total: '1', items: [{ status: 'upstream_error', fee: '0.0000000000' }] });
});
