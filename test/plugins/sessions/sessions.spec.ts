// Sessions: what groups requests, what a session is called, and what it cost.
import t from 'tap';
import { type NewKey, startTestGateway, type TestGateway } from '../../helpers/gateway.ts';

interface Say {
  session?: string;
  prompt?: string;
  answer?: string;
  stream?: boolean;
  usage?: [input: number, output: number];
}

/** Says things one after the other, each recorded before the next. */
function talker(gateway: TestGateway, key: NewKey) {
  let count = 0;
  return async ({
    session = 's',
    prompt = 'ping',
    answer = 'pong',
    stream = false,
    usage: [input, output] = [10, 5],
  }: Say) => {
    const usage = { inputTokens: input, outputTokens: output, totalTokens: input + output };
    gateway.simulator.script({ times: 1, behaviour: { kind: 'answer', text: answer, usage } });
    const messages = [{ role: 'user', content: prompt }];
    const { status } = await gateway.chat(key, { messages, stream }, { 'Session-Id': session });
    if (status !== 200) throw new Error(`chat answered ${status}`);
    count += 1;
    await gateway.recorded(count);
  };
}

const titleOf = async (gateway: TestGateway, key: NewKey, session = 's') => {
  const { body } = await gateway.api('GET', '/user/session/list', { key: key.secret });
  return body.data.items.find((row: { key: string }) => row.key === session)?.title;
};

t.test('a row has its members in order; a request without the header belongs to no session', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  await gateway.chat(key);
  await gateway.chat(key, {}, { 'Session-Id': 'abc-1' });
  await gateway.recorded(2);
  const { body } = await gateway.api('GET', '/user/session/list', { key: key.secret });
  t.equal(body.data.total, '1');
  const [row] = body.data.items;
  t.same(Object.keys(row), [
    ...[
      'id',
      'key',
      'origin',
      'title',
      'key_id',
      'total_in_tokens',
      'total_out_tokens',
      'total_fee',
      'currency',
    ],
    ...['created_at', 'updated_at'],
  ]);
  t.match(row, {
    id: 1,
    key: 'abc-1',
    origin: 'header',
    key_id: key.id,
    currency: 'USD',
    total_fee: /^\d+\.\d{10}$/,
  });
  for (const path of ['/user/session/detail/1', '/admin/session/detail/1', '/admin/session/detail?id=1']) {
    const caller = path.startsWith('/admin')
      ? await gateway.admin('GET', path)
      : await gateway.api('GET', path, { key: key.secret });
    t.same(caller.body, { success: true, data: row }, path);
  }
  const threads = await gateway.api('GET', '/user/thread/list', { key: key.secret });
  t.same(
    threads.body.data.items.map((thread: { session_id: number | null }) => thread.session_id),
    [1, null],
  );
});

t.test('the totals of a session are exact, and only its own', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const say = talker(gateway, key);
  for (const usage of [
    [1, 1],
    [3, 7],
    [1_000_003, 13],
  ] as [number, number][])
    await say({ usage });
  await say({ session: 'other', usage: [100, 100] });
  const { data } = (await gateway.api('GET', '/user/session/detail/1', { key: key.secret })).body;
  // Haiku: 0.25 and 1.25 USD per million tokens.
  const fee = (1_000_007n * 2_500_000_000n + 21n * 12_500_000_000n) / 1_000_000n;
  t.equal(data.total_in_tokens, 1_000_007);
  t.equal(data.total_out_tokens, 21);
  const digits = String(fee).padStart(11, '0');
  t.equal(data.total_fee, `${digits.slice(0, -10)}.${digits.slice(-10)}`);
  t.equal(data.total_fee, '0.2500280000');
});

t.test(
  'the first answer that is not streamed is the title, in one line of at most 64 characters',
  async (t) => {
    const gateway = await startTestGateway(t);
    const key = await gateway.createKey();
    const say = talker(gateway, key);
    await say({ stream: true, prompt: 'Tell me of the sea', answer: 'The sea is wide' });
    t.equal(await titleOf(gateway, key), '', 'one streamed exchange does not name it');
    await say({ prompt: 'Summarise', answer: '  On the\n\tsea  ' });
    t.equal(await titleOf(gateway, key), 'On the sea');
    await say({ answer: 'Another title' });
    t.equal(await titleOf(gateway, key), 'On the sea', 'a title once given stays');

    await say({ session: 'long', answer: '海'.repeat(100) });
    t.equal(await titleOf(gateway, key, 'long'), '海'.repeat(64));
    await say({ session: 'pairs', answer: `${'a'.repeat(63)}🌊🌊` });
    t.equal(await titleOf(gateway, key, 'pairs'), 'a'.repeat(63), 'never half of a character');
    await say({ session: 'nul', answer: 'a\0b' });
    t.equal(await titleOf(gateway, key, 'nul'), 'a\\u0000b');
  },
);

t.test('without such an answer, the first prompt is the title once two exchanges exist', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const say = talker(gateway, key);
  await say({ stream: true, prompt: `First prompt ${'x'.repeat(100)}` });
  t.equal(await titleOf(gateway, key), '');
  await say({ stream: true, prompt: 'Second prompt' });
  t.equal(await titleOf(gateway, key), `First prompt ${'x'.repeat(51)}`);
  await say({ session: 'blank', answer: ' \n ' });
  t.equal(await titleOf(gateway, key, 'blank'), '', 'a blank answer names nothing');
  await say({ session: 'blank', stream: true, prompt: 'later' });
  t.equal(await titleOf(gateway, key, 'blank'), 'ping');
});

t.test('a failed exchange is in the session and does not name it', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  gateway.simulator.script({ times: 1, behaviour: { kind: 'error', exception: 'ThrottlingException' } });
  t.equal((await gateway.chat(key, {}, { 'Session-Id': 's' })).status, 429);
  await gateway.recorded(1);
  t.equal(await titleOf(gateway, key), '');
  const { body } = await gateway.api('GET', '/user/thread/list?session_id=1', { key: key.secret });
  t.match(body.data, { total: '1', items: [{ status: 'upstream_throttled', fee: '0.0000000000' }] });
});

t.test('many requests that open one session at once, on two replicas, open one', async (t) => {
  const gateway = await startTestGateway(t);
  const replica = await startTestGateway(t, { database: gateway.testDatabase, simulator: gateway.simulator });
  const key = await gateway.createKey();
  const sides = [gateway, replica];
  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      sides[index % 2]?.chat(key, {}, { 'Session-Id': `s${Math.floor(index / 4) % 3}` }),
    ),
  );
  await gateway.recorded(40);
  const { body } = await gateway.api('GET', '/user/session/list', { key: key.secret });
  t.same(body.data.items.map((row: { key: string }) => row.key).sort(), ['s0', 's1', 's2']);
  const threads = await gateway.api('GET', '/user/thread/list?limit=200', { key: key.secret });
  t.equal(
    threads.body.data.items.filter((row: { session_id: number | null }) => row.session_id === null).length,
    0,
  );
  t.equal(await gateway.auditFaults(), 0);
});

t.test('sessions are found by title, and sorted newest first or as asked', async (t) => {
  const gateway = await startTestGateway(t);
  const key = await gateway.createKey();
  const say = talker(gateway, key);
  await say({ session: 'a', answer: 'About 100%', usage: [500, 0] });
  await say({ session: 'b', answer: '关于大海', usage: [900, 0] });
  await say({ session: 'c', answer: 'ABOUT tea', usage: [100, 0] });
  await say({ session: 'a', usage: [1, 0] });
  const list = async (query: string) =>
    (await gateway.api('GET', `/user/session/list?${query}`, { key: key.secret })).body.data.items.map(
      (row: { key: string }) => row.key,
    );
  t.same(await list(''), ['c', 'b', 'a']);
  t.same(await list('q=about'), ['c', 'a']);
  t.same(await list('q=0%25'), ['a']);
  t.same(await list('q=%25'), ['a'], 'a percent sign is itself');
  t.same(await list(`q=${encodeURIComponent('大海')}`), ['b']);
  t.same(await list('orderBy=id-0'), ['a', 'b', 'c']);
  t.same(await list('orderBy=total-1'), ['b', 'a', 'c']);
  t.same(await list('orderBy=total-0'), ['c', 'a', 'b']);
  t.same(await list('orderBy=update-1'), ['a', 'c', 'b']);
});
