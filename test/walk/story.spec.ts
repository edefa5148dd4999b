// The main job as its people live it, with the real OpenAI SDK: an administrator makes a key, its user chats, looks at
// the bill, runs out of quota, is recharged, and goes on.
import OpenAI, { AuthenticationError, PermissionDeniedError, RateLimitError } from 'openai';
import t from 'tap';
import { ADMIN_API_KEY, startTestGateway } from '../helpers/gateway.ts';

const MODEL = 'claude-3-haiku';
const QUESTION = 'Why is the sky blue?';
const ANSWER = 'Because air scatters blue light more than red.';
const messages = [{ role: 'user' as const, content: QUESTION }];

/** USD, with ten places, of so many tokens of claude-3-haiku: 0.25 and 1.25 per million. */
function feeOf(input: number, output: number): string {
  const units = (BigInt(input) * 2_500_000_000n + BigInt(output) * 12_500_000_000n + 500_000n) / 1_000_000n;
  return `0.${String(units).padStart(10, '0')}`;
}

async function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}

t.test('from the bootstrap key to a recharged user', async (t) => {
  const gateway = await startTestGateway(t);
  const { simulator } = gateway;
  const answerWith = (text: string, input: number, output: number) =>
    simulator.script({
      times: 1,
      behaviour: {
        kind: 'answer',
        text,
        usage: { inputTokens: input, outputTokens: output, totalTokens: input + output },
      },
    });
  const sdk = (apiKey: string, session?: string) =>
    new OpenAI({
      baseURL: `${gateway.url}/v1`,
      apiKey,
      ...(session && { defaultHeaders: { 'Session-Id': session } }),
    });

  // The operator has only the bootstrap key: it administers, and does not chat.
  const bootstrap = sdk(ADMIN_API_KEY);
  t.ok((await failureOf(bootstrap.models.list())) instanceof PermissionDeniedError);
  t.ok((await failureOf(sdk('br-nobody').models.list())) instanceof AuthenticationError);
  const admin = await gateway.createKey({
    name: 'adminuser',
    group_id: 1,
    role: 'admin',
    email: '',
    month_quota: '20',
  });
  const asAdmin = (method: string, path: string, body?: unknown) =>
    gateway.api(method, path, { key: admin.secret, body });

  // The administrator makes a key for Jack, with half a cent for the month.
  const applied = await asAdmin('POST', '/admin/api-key/apply', {
    name: 'jack',
    group_id: 1,
    month_quota: 0.005,
  });
  const { id, api_key: secret } = applied.body.data;
  const mine = async () => (await gateway.api('GET', '/user/api-key/mine', { key: secret })).body.data;
  t.match(await mine(), { id, name: 'jack', month_quota: '0.0050000000', month_fee: '0.0000000000' });

  // Jack asks, and reads the answer as it comes.
  const client = sdk(secret, 'sky-1');
  t.ok((await client.models.list()).data.some((model) => model.id === MODEL));
  answerWith(ANSWER, 20, 12);
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages,
    max_tokens: 256,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    usage = chunk.usage ?? usage;
  }
  t.equal(text, ANSWER);
  t.match(usage, { prompt_tokens: 20, completion_tokens: 12, total_tokens: 32 });
  await gateway.recorded(1);

  // Again with the SDK's stream helper (two exchanges make a title), and once more in one piece.
  answerWith('More of it.', 40, 7);
  const helper = client.chat.completions.stream({ model: MODEL, messages, max_tokens: 256 });
  t.equal(await helper.finalContent(), 'More of it.');
  t.equal((await helper.finalChatCompletion()).choices[0]?.finish_reason, 'stop');
  await gateway.recorded(2);
  answerWith('The blue sky', 60, 4);
  const whole = await client.chat.completions.create({ model: MODEL, messages, max_tokens: 256 });
  t.equal(whole.choices[0]?.message.content, 'The blue sky');
  t.match(whole.usage, { prompt_tokens: 60, completion_tokens: 4 });
  await gateway.recorded(3);

  // The bill: the conversation, its three exchanges, and the exact fee of each.
  const [session] = (await gateway.api('GET', '/user/session/list', { key: secret })).body.data.items;
  t.match(session, {
    key: 'sky-1',
    title: QUESTION,
    total_in_tokens: 120,
    total_out_tokens: 23,
    total_fee: feeOf(120, 23),
  });
  const threads = await gateway.api('GET', `/user/thread/list?session_id=${session.id}`, { key: secret });
  t.same(
    threads.body.data.items.map((row: { completion: string; fee: string }) => [row.completion, row.fee]),
    [
      [ANSWER, feeOf(20, 12)],
      ['More of it.', feeOf(40, 7)],
      ['The blue sky', feeOf(60, 4)],
    ],
  );
  t.match(await mine(), { month_fee: feeOf(120, 23), total_fee: feeOf(120, 23), balance: '0.0000000000' });

  // A long answer uses the month up. The next request is refused at once, and the SDK does not try it again.
  answerWith('A long story.', 10_000, 2_000);
  await client.chat.completions.create({ model: MODEL, messages, max_tokens: 3_000 });
  await gateway.recorded(4);
  const served = simulator.journal.entries().length;
  const spent = await mine();
  t.equal(spent.month_fee, '0.0050000000', 'the whole quota');
  t.equal(spent.total_fee, feeOf(10_120, 2_023));
  let attempts = 0;
  const counting = sdk(secret).withOptions({
    fetch: (...call) => {
      attempts += 1;
      return fetch(...call);
    },
  });
  for (const isStreamed of [false, true]) {
    attempts = 0;
    const refusal = await failureOf(
      counting.chat.completions.create({ model: MODEL, messages, max_tokens: 256, stream: isStreamed }),
    );
    t.ok(refusal instanceof RateLimitError);
    t.match(refusal, { status: 429, code: 'insufficient_quota', type: 'insufficient_quota' });
    t.equal(attempts, 1, 'no retries');
  }
  t.equal(simulator.journal.entries().length, served, 'nothing reached the upstream');

  // The administrator sees Jack's bill and recharges his key.
  const overview = (await asAdmin('GET', '/admin/api-key/list?q=jack')).body.data;
  t.match(overview, { total: '1', items: [{ id, month_fee: '0.0050000000', total_fee: spent.total_fee }] });
  const recharged = await asAdmin('POST', '/admin/api-key/recharge', { api_key: secret, balance: 0.23 });
  t.equal(recharged.status, 200);
  const [payment] = (await asAdmin('GET', `/admin/payment/list?key_id=${id}`)).body.data.items;
  t.match(payment, { key_id: id, fee: '0.2300000000', actor: `key:${admin.id}` });

  // Jack goes on, from his balance.
  answerWith('Good to see you again.', 100, 10);
  const again = await client.chat.completions.create({ model: MODEL, messages, max_tokens: 256 });
  t.equal(again.choices[0]?.message.content, 'Good to see you again.');
  await gateway.recorded(5);
  const now = await mine();
  t.equal(now.month_fee, '0.0050000000', 'spending from the balance is not the quota');
  t.equal(now.total_fee, feeOf(10_220, 2_033));
  const before = BigInt(recharged.body.data.balance.replace('.', ''));
  const after = BigInt(now.balance.replace('.', ''));
  t.equal(before - after, BigInt(feeOf(100, 10).replace('.', '')), 'the fee, to ten places');
  t.equal(await gateway.auditFaults(), 0);
});
