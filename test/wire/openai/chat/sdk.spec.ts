// The official SDK reads what we write: a small server replays the encoders, the real client takes it apart.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI, { APIError, NotFoundError, RateLimitError } from 'openai';
import t, { type Test } from 'tap';
import type { ChatEvent } from '../../../../src/canonical/event.ts';
import { Refusal } from '../../../../src/canonical/refusal.ts';
import { UpstreamError } from '../../../../src/canonical/upstream-error.ts';
import { PLAIN_TOOLS } from '../../../../src/wire/openai/chat/decode-tools.ts';
import { encodeResponse } from '../../../../src/wire/openai/chat/encode-response.ts';
import { createStreamEncoder } from '../../../../src/wire/openai/chat/encode-stream.ts';
import { encodeError } from '../../../../src/wire/openai/encode-error.ts';
import { encodeModel, encodeModelList } from '../../../../src/wire/openai/encode-models.ts';
import { PING } from '../../../../src/wire/sse.ts';

const FACTS = { id: 'chatcmpl-1', createdAt: 1_790_000_000, model: 'alias', toolStyle: PLAIN_TOOLS };
const USAGE = {
  inputTokens: 3,
  outputTokens: 2,
  cacheReadTokens: 1,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
};
const REPORT: ChatEvent = { type: 'usage', usage: USAGE, latencyMs: 5 };
const TEXTS = ['Hel', 'lo ', '水🙂\n\u0000\u2028', 'data: [DONE]\n\n', 'bye'];
const SAID = TEXTS.join('');
const DELTAS = TEXTS.map((text): ChatEvent => ({ type: 'text-delta', block: 0, text }));
const QUESTION = { model: 'alias', messages: [{ role: 'user' as const, content: 'Hi' }] };

/** A client of a server that answers everything with `answer`, and the number of requests it made. */
async function serve(t: Test, answer: RequestListener) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  // A TCP server has a port.
  const { port } = server.address() as AddressInfo;
  const client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'k' });
  return { client, requests: () => requests };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Answers with an event stream, written a few bytes at a time when `step` says so. */
function streamOf(parts: readonly string[], step = Number.POSITIVE_INFINITY): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'r1' });
    const bytes = Buffer.from(parts.join(''));
    for (let at = 0; at < bytes.length; at += step) response.write(bytes.subarray(at, at + step));
    response.end();
  };
}

function wholeStream(includeUsage: boolean): string[] {
  const encoder = createStreamEncoder({ ...FACTS, includeUsage });
  const finish: ChatEvent = { type: 'finish', reason: 'length' };
  return [
    encoder.encode([{ type: 'start' }]),
    PING,
    encoder.encode(DELTAS),
    encoder.encode([finish, REPORT]),
    encoder.end(),
  ];
}

t.test('raw iteration yields the text, one finish and the usage', async (t) => {
  const { client } = await serve(t, streamOf(wholeStream(true), 7));
  const stream = await client.chat.completions.create({
    ...QUESTION,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await collect(stream);
  t.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), SAID);
  t.same(
    chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter((reason) => reason),
    ['length'],
  );
  t.same(
    chunks.slice(0, -1).map((chunk) => chunk.usage),
    chunks.slice(1).map(() => null),
  );
  t.match(chunks.at(-1), { choices: [], usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 } });
  t.match(chunks[0], {
    id: 'chatcmpl-1',
    created: 1_790_000_000,
    model: 'alias',
    object: 'chat.completion.chunk',
  });
});

t.test('the stream helper assembles the answer', async (t) => {
  const { client } = await serve(t, streamOf(wholeStream(true)));
  const helper = client.chat.completions.stream({ ...QUESTION, stream_options: { include_usage: true } });
  const completion = await helper.finalChatCompletion();
  t.equal(completion.choices[0]?.message.content, SAID);
  t.equal(completion.choices[0]?.message.role, 'assistant');
  t.equal(completion.choices[0]?.finish_reason, 'length');
  t.equal(completion.usage?.total_tokens, 6);
});

t.test('the stream helper does without usage', async (t) => {
  const { client } = await serve(t, streamOf(wholeStream(false)));
  t.equal(await client.chat.completions.stream(QUESTION).finalContent(), SAID);
});

t.test('a failure in the stream is thrown to both kinds of reader', async (t) => {
  const encoder = createStreamEncoder({ ...FACTS, includeUsage: false });
  const failure = new UpstreamError({ kind: 'model_error', message: 'It broke.' });
  const parts = [encoder.encode([{ type: 'start' }, ...DELTAS]), encoder.encodeFailure(failure)];
  const { client } = await serve(t, streamOf(parts));
  const expected = { message: 'It broke.', type: 'server_error', code: 'upstream_error', param: null };

  const stream = await client.chat.completions.create({ ...QUESTION, stream: true });
  let text = '';
  const reading = async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  };
  const raw = await reading().catch((error: unknown) => error);
  t.ok(raw instanceof APIError);
  t.match(raw, expected);
  t.equal(text, SAID, 'what came before is delivered');

  const helped = await client.chat.completions
    .stream(QUESTION)
    .finalContent()
    .catch((error: unknown) => error);
  t.match(helped, { message: /It broke\./ });
});

t.test('an answer that never finished is thrown too', async (t) => {
  const encoder = createStreamEncoder({ ...FACTS, includeUsage: true });
  const { client } = await serve(
    t,
    streamOf([encoder.encode([{ type: 'start' }, ...DELTAS]), encoder.end()]),
  );
  const stream = await client.chat.completions.create({ ...QUESTION, stream: true });
  await t.rejects(collect(stream), { code: 'upstream_incomplete_stream' });
});

function json(status: number, headers: Record<string, string>, body: unknown): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { ...headers, 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
}

t.test('a collected answer reads as a completion', async (t) => {
  const answer = {
    content: [{ kind: 'text' as const, text: SAID }],
    finishReason: 'stop' as const,
    usage: USAGE,
    latencyMs: 1,
  };
  const { client } = await serve(t, json(200, {}, encodeResponse({ ...FACTS, answer })));
  const completion = await client.chat.completions.create(QUESTION);
  t.equal(completion.choices[0]?.message.content, SAID);
  t.equal(completion.usage?.prompt_tokens_details?.cached_tokens, 1);
});

t.test('models list and retrieve', async (t) => {
  const model = { id: 'alias', createdAt: 5, ownedBy: 'meta', takesImages: false };
  const listing = await serve(t, json(200, {}, encodeModelList([model])));
  t.match(await collect(await listing.client.models.list()), [{ id: 'alias', multiple: false }]);
  const single = await serve(t, json(200, {}, encodeModel(model)));
  t.match(await single.client.models.retrieve('alias'), { id: 'alias', owned_by: 'meta' });
});

t.test('errors are the classes a caller expects, and a spent budget is not retried', async (t) => {
  const spent = encodeError(new Refusal('insufficient_quota', 'Nothing is left.'));
  const broke = await serve(t, json(spent.status, spent.headers, spent.body));
  const refused = await broke.client.chat.completions.create(QUESTION).catch((error: unknown) => error);
  t.ok(refused instanceof RateLimitError);
  t.match(refused, { code: 'insufficient_quota', type: 'insufficient_quota', status: 429 });
  t.equal(broke.requests(), 1);

  const unknown = encodeError(new Refusal('model_not_found', 'No such model.'));
  const missing = await serve(t, json(unknown.status, unknown.headers, unknown.body));
  const notFound = await missing.client.chat.completions.create(QUESTION).catch((error: unknown) => error);
  t.ok(notFound instanceof NotFoundError);
  t.match(notFound, { code: 'model_not_found', param: 'model' });
});
