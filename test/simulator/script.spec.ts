import { ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import t from 'tap';
import type { Rule } from '../../src/simulator/simulator.ts';
import { ask, awsClient, converse, listenTo, MODEL, PROTOCOLS, post, start } from './support.ts';

t.test('a scripted text arrives letter for letter, whatever letters', async (t) => {
  const simulator = await start(t);
  const client = awsClient(t, simulator);
  const deltas = ['nul \u0000 ', 'quote " \\ \n', 'lone \ud800 ', '你好 😀', '', '\u2028'];
  simulator.script({ behaviour: { kind: 'answer', deltas } });
  const heard = await listenTo(client, 'hello');
  t.equal(heard.text, deltas.join(''));
  t.equal(heard.events.filter((event) => event.contentBlockDelta !== undefined).length, deltas.length);
  t.equal((await converse(client, 'hello')).text, deltas.join(''));
});

t.test('usage is reported word for word, however absurd', async (t) => {
  const simulator = await start(t);
  const client = awsClient(t, simulator);
  const reported = [
    {
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 135,
      cacheReadInputTokens: 100,
      cacheWriteInputTokens: 20,
    },
    {
      inputTokens: 1,
      outputTokens: 1,
      totalTokens: 9,
      cacheWriteInputTokens: 7,
      cacheDetails: [{ ttl: '1h', inputTokens: 7 }],
    },
    { inputTokens: -5, outputTokens: 9_007_199_254_740_991, totalTokens: 0 },
    { outputTokens: 3 },
  ];
  for (const usage of reported) {
    const rule = simulator.script({ behaviour: { kind: 'answer', text: 'hello', usage } });
    t.match((await converse(client, 'hello')).usage, usage);
    const heard = await listenTo(client, 'hello');
    t.match(heard.events.at(-1)?.metadata?.usage, usage);
    t.same(simulator.journal.entries().at(-1)?.usage, usage);
    t.equal(rule.served(), 2);
    rule.remove();
  }
});

t.test('usage, metadata, the stop reason and the content can be left out', async (t) => {
  const simulator = await start(t);
  const client = awsClient(t, simulator);
  const missing: Rule[] = [
    { times: 2, behaviour: { kind: 'answer', text: 'a', usage: null, stopReason: null } },
    { times: 2, behaviour: { kind: 'answer', text: 'a', metadata: false, stopReason: 'word_of_tomorrow' } },
    { times: 2, behaviour: { kind: 'answer', blocks: [] } },
  ];
  for (const rule of missing) simulator.script(rule);

  const noUsage = await converse(client, 'hello');
  t.same([noUsage.usage, noUsage.stopReason, noUsage.text], [undefined, undefined, 'a']);
  const noUsageStream = await listenTo(client, 'hello');
  t.equal(noUsageStream.events.at(-1)?.metadata?.usage, undefined);
  t.equal(noUsageStream.events.at(-2)?.messageStop?.stopReason, undefined);
  t.equal(noUsageStream.error, null);

  const noMetadata = await converse(client, 'hello');
  t.same(
    [noMetadata.usage, noMetadata.metrics, noMetadata.stopReason],
    [undefined, undefined, 'word_of_tomorrow'],
  );
  const noMetadataStream = await listenTo(client, 'hello');
  t.equal(noMetadataStream.events.at(-1)?.messageStop?.stopReason, 'word_of_tomorrow');

  t.same((await converse(client, 'hello')).content, []);
  const kinds = (await listenTo(client, 'hello')).events.map((event) => Object.keys(event)[0]);
  t.same(kinds, ['messageStart', 'messageStop', 'metadata']);
});

t.test(
  'tools in parallel, reasoning with its signature and redacted reasoning arrive in both forms',
  async (t) => {
    const simulator = await start(t);
    const client = awsClient(t, simulator);
    simulator.script({
      behaviour: {
        kind: 'answer',
        blocks: [
          { reasoning: { text: ['let me ', 'think'], signature: 'c2ln' } },
          { redactedReasoning: Buffer.from('secret').toString('base64') },
          { text: 'I will look.' },
          { toolUse: { toolUseId: 'tooluse_a', name: 'weather', input: ['', '{"ci', 'ty":"Wien"}'] } },
          { toolUse: { toolUseId: 'tooluse_b', name: 'time', input: [] } },
        ],
      },
    });
    const whole = await converse(client, 'hello');
    t.equal(whole.stopReason, 'tool_use');
    t.match(whole.content[0]?.reasoningContent?.reasoningText, { text: 'let me think', signature: 'c2ln' });
    t.equal(Buffer.from(whole.content[1]?.reasoningContent?.redactedContent ?? []).toString(), 'secret');
    t.match(whole.content[3]?.toolUse, { toolUseId: 'tooluse_a', name: 'weather', input: { city: 'Wien' } });
    t.match(whole.content[4]?.toolUse, { toolUseId: 'tooluse_b', name: 'time', input: {} });

    const { events } = await listenTo(client, 'hello');
    const starts = events.flatMap((event) => event.contentBlockStart ?? []);
    t.same(
      starts.map((start) => [start.contentBlockIndex, start.start?.toolUse?.name]),
      [
        [3, 'weather'],
        [4, 'time'],
      ],
    );
    const fragments = events.flatMap((event) => event.contentBlockDelta?.delta?.toolUse?.input ?? []);
    t.equal(fragments.join(''), '{"city":"Wien"}');
    t.ok(events.some((event) => event.contentBlockDelta?.delta?.reasoningContent?.signature === 'c2ln'));
  },
);

t.test('events and deltas the SDK does not know do not break its stream', async (t) => {
  const simulator = await start(t);
  simulator.script({
    behaviour: {
      kind: 'answer',
      deltas: ['a', 'b'],
      insert: [
        { eventType: 'eventOfTomorrow', payload: { x: 1 }, afterFrames: 1 },
        {
          eventType: 'contentBlockDelta',
          payload: { contentBlockIndex: 0, delta: { smell: 'roses' } },
          afterDeltas: 1,
        },
      ],
    },
  });
  const heard = await listenTo(awsClient(t, simulator), 'hello');
  t.equal(heard.error, null);
  t.equal(heard.text, 'ab');
  const unknown = heard.events.findIndex((event) => event.contentBlockDelta?.delta?.$unknown !== undefined);
  t.equal(heard.events[unknown - 1]?.contentBlockDelta?.delta?.text, 'a');
  t.match(simulator.journal.entries()[0], { status: 'ok', framesWritten: 8, usage: { outputTokens: 1 } });
});

for (const protocol of PROTOCOLS) {
  t.test(`over ${protocol} an answer written byte by byte is the same answer`, async (t) => {
    const simulator = await start(t);
    const client = awsClient(t, simulator, protocol);
    simulator.script({
      behaviour: { kind: 'answer', text: 'in small pieces, 一个字一个字', bytesPerWrite: 3 },
    });
    t.equal((await listenTo(client, 'hello')).text, 'in small pieces, 一个字一个字');
    t.equal((await converse(client, 'hello')).text, 'in small pieces, 一个字一个字');
  });

  t.test(`over ${protocol} a gate holds the stream where the rule says until it is released`, async (t) => {
    const simulator = await start(t);
    const client = awsClient(t, simulator, protocol);
    simulator.script({
      behaviour: { kind: 'answer', deltas: ['a', 'b'], gate: { name: 'half', afterDeltas: 1 } },
    });
    const answer = await client.send(new ConverseStreamCommand(ask('hello')));
    const events = answer.stream?.[Symbol.asyncIterator]();
    await events?.next();
    const first = await events?.next();
    t.equal(first?.value?.contentBlockDelta?.delta?.text, 'a');
    await simulator.reached('half');
    t.match(simulator.journal.entries()[0], {
      status: 'open',
      outputText: 'a',
      framesWritten: 2,
      usage: null,
    });
    t.equal(simulator.release('half'), 1);
    const second = await events?.next();
    t.equal(second?.value?.contentBlockDelta?.delta?.text, 'b');
    t.match(await simulator.journal.waitFor((entry) => entry.finishedAt !== null), {
      status: 'ok',
      outputText: 'ab',
    });
    t.equal((await listenTo(client, 'hello')).text, 'ab', 'a released gate stays open');
  });
}

t.test('a gate without a place holds the call before its status line', async (t) => {
  const simulator = await start(t);
  const client = awsClient(t, simulator);
  simulator.script({
    behaviour: { kind: 'error', exception: 'ThrottlingException', gate: { name: 'door' } },
  });
  const calls = [converse(client, 'one'), converse(client, 'two')];
  for (const call of calls) call.catch(() => {});
  await simulator.reached('door', 2);
  t.same(
    simulator.journal.entries().map((entry) => entry.status),
    ['open', 'open'],
  );
  t.equal(simulator.release('door'), 2);
  for (const call of calls) await t.rejects(call, { name: 'ThrottlingException' });
});

t.test('delays are kept: before the first byte, and between frames', async (t) => {
  const simulator = await start(t);
  simulator.script({
    behaviour: { kind: 'answer', deltas: ['a', 'b'], firstByteDelayMs: 40, betweenFramesMs: 10 },
  });
  const heard = await listenTo(awsClient(t, simulator), 'hello');
  t.equal(heard.events.length, 6);
  const [entry] = simulator.journal.entries();
  const took = (entry?.finishedAt ?? 0) - (entry?.at ?? 0);
  // Five pauses and the delay, less what a timer may be early.
  t.ok(took >= 40 + 5 * 10 - 6, `${took} ms`);
});

t.test('rules are tried in their order, match what they say, and are used up', async (t) => {
  const simulator = await start(t);
  const client = awsClient(t, simulator);
  const says = (text: string) => ({ kind: 'answer' as const, text });
  simulator.script({ match: { textIncludes: 'tea' }, behaviour: says('about tea') });
  simulator.script({ match: { modelId: 'amazon.nova-pro-v1:0' }, behaviour: says('from nova') });
  simulator.script({ match: { requestMetadata: { scene: 'seven' } }, behaviour: says('scene seven') });
  simulator.script({ match: { operation: 'ConverseStream' }, behaviour: says('in a stream') });
  simulator.script({ times: 2, behaviour: { kind: 'error', exception: 'ThrottlingException' } });
  simulator.script({ behaviour: says('at last') });

  t.equal((await converse(client, 'green tea?')).text, 'about tea');
  const nova = await client.send(new ConverseCommand({ ...ask('x'), modelId: 'amazon.nova-pro-v1:0' }));
  t.equal(nova.output?.message?.content?.[0]?.text, 'from nova');
  const scene = await client.send(new ConverseCommand({ ...ask('x'), requestMetadata: { scene: 'seven' } }));
  t.equal(scene.output?.message?.content?.[0]?.text, 'scene seven');
  t.equal((await listenTo(client, 'x')).text, 'in a stream');
  await t.rejects(converse(client, 'x'), { name: 'ThrottlingException' });
  await t.rejects(converse(client, 'x'), { name: 'ThrottlingException' });
  t.equal((await converse(client, 'x')).text, 'at last');

  simulator.reset();
  t.match((await converse(client, 'x')).text, '“x”');
  t.equal(simulator.journal.entries().length, 1);
});

t.test('a rule that makes no sense is refused, and says why', async (t) => {
  const simulator = await start(t);
  const cases: [rule: unknown, text: RegExp][] = [
    [null, /rule must be an object/],
    [{ behavior: { kind: 'stall' } }, /rule has no member behavior/],
    [{ behaviour: { kind: 'explode' } }, /behaviour\.kind must be one of/],
    [{ behaviour: { kind: 'toString' } }, /behaviour\.kind must be one of/],
    [{ behaviour: { kind: 'answer', txt: 'a' } }, /behaviour has no member txt/],
    [{ behaviour: { kind: 'answer', text: 'a', deltas: [] } }, /only one of text, deltas/],
    [{ behaviour: { kind: 'answer', fault: { kind: 'cut', code: 'x' } } }, /fault has no member code/],
    [{ behaviour: { kind: 'stall', gate: { at: 3 } } }, /gate has no member at/],
    [{ match: { operation: 'converse' }, behaviour: { kind: 'stall' } }, /match\.operation is unknown/],
    [{ times: 0, behaviour: { kind: 'stall' } }, /times must be/],
  ];
  for (const [rule, text] of cases) {
    // The point is to pass what is no rule.
    t.throws(() => simulator.script(rule as Rule), { name: 'TypeError', message: text });
    const answer = await post(simulator, '/_simulator/script', rule);
    t.equal(answer.response.status, 400);
    t.match(answer.body, text);
  }
});

t.test('another process can script, release, read the journal and reset over HTTP', async (t) => {
  const simulator = await start(t);
  const client = awsClient(t, simulator);
  const health = await fetch(`${simulator.url}/healthz`);
  t.same([health.status, await health.json()], [200, { status: 'ok' }]);

  const rules: Rule[] = [
    {
      times: 1,
      behaviour: { kind: 'answer', text: 'from afar', gate: { name: 'far' }, usage: { outputTokens: 7 } },
    },
    { behaviour: { kind: 'error', exception: 'AccessDeniedException' } },
  ];
  t.equal((await post(simulator, '/_simulator/script', rules)).body, '{"rules":2}\n');
  const held = converse(client, 'hello');
  await simulator.reached('far');
  t.equal((await post(simulator, '/_simulator/release', { gate: 'far' })).body, '{"waiting":1}\n');
  t.equal((await held).text, 'from afar');
  await t.rejects(converse(client, 'hello'), { name: 'AccessDeniedException' });

  const journal: unknown = await (await fetch(`${simulator.url}/_simulator/journal`)).json();
  t.match(journal, {
    entries: [
      { status: 'ok', modelId: MODEL, usage: { outputTokens: 7 }, outputText: 'from afar', framesWritten: 1 },
      { status: 'AccessDeniedException', request: { messages: ask('hello').messages } },
    ],
  });
  t.equal((await post(simulator, '/_simulator/release', {})).response.status, 400);
  t.equal((await post(simulator, '/_simulator/release', '{')).response.status, 400);
  t.equal((await post(simulator, '/_simulator/nothing', {})).response.status, 404);
  await post(simulator, '/_simulator/reset', '');
  t.equal(simulator.journal.entries().length, 0);
  t.match((await converse(client, 'hello')).text, 'hello');
});
