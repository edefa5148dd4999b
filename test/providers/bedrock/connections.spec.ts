// Connections: kept, counted, let go, and slowed down with the reader.
import { getEventListeners, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import t from 'tap';
import { createSimulator } from '../../../src/simulator/simulator.ts';
import { CREDENTIALS, call, kindOf, NEVER, providerFor, readAll, rejection, textOf } from './calls.ts';
import { ANSWER, delta, METADATA, START, STOP } from './frames.ts';
import { answerWith, connectionsAreFree, record } from './recorder.ts';

t.test('200 streams run side by side on at most 200 connections, which serve the next 200', async (t) => {
  const waiting: ServerResponse[] = [];
  const answer = answerWith({ pieces: ANSWER });
  const recorder = await record(t, (response, recorded) => {
    waiting.push(response);
    // Nobody is answered until all have arrived, so that a queue would hang here.
    if (waiting.length === 200) for (const each of waiting.splice(0)) answer(each, recorded);
  });
  const provider = providerFor(t, recorder.url);
  for (const round of [1, 2]) {
    const reads = await Promise.all(
      Array.from({ length: 200 }, () =>
        readAll(provider.stream(call(), { signal: new AbortController().signal })),
      ),
    );
    t.equal(reads.filter(({ error }) => error === undefined).length, 200, `round ${round}`);
    t.equal(recorder.sockets.size, 200, `round ${round}`);
    await connectionsAreFree();
  }
});

t.test('one connection serves one call after the other, refusals included', async (t) => {
  let count = 0;
  const recorder = await record(t, (response, recorded) => {
    count += 1;
    if (count % 2 === 1) return answerWith({ pieces: ANSWER })(response, recorded);
    response.writeHead(429, { 'x-amzn-errortype': 'ThrottlingException' });
    return response.end('{"message":"slow down"}');
  });
  const provider = providerFor(t, recorder.url);
  for (let round = 0; round < 3; round++) {
    t.equal((await readAll(provider.stream(call(), { signal: NEVER }))).error, undefined);
    await connectionsAreFree();
    t.equal(kindOf(await rejection(provider.complete(call(), { signal: NEVER }))), 'throttled');
    await connectionsAreFree();
  }
  t.equal(recorder.sockets.size, 1);
});

t.test(
  'the signal ends a call at once, wherever it is, with its reason, and closes the upstream',
  async (t) => {
    const simulator = await createSimulator();
    t.teardown(() => simulator.close());
    const provider = providerFor(t, simulator.url);
    const reason = new Error('the client left');
    const closed = async () => {
      const entry = await simulator.journal.waitFor(({ finishedAt }) => finishedAt !== null);
      t.equal(entry.status, 'client_closed');
      simulator.reset();
    };

    simulator.script({ behaviour: { kind: 'answer', text: 'Hi', gate: { name: 'whole' } } });
    const whole = new AbortController();
    const answer = provider.complete(call(), { signal: whole.signal });
    await simulator.reached('whole');
    whole.abort(reason);
    t.equal(await rejection(answer), reason, 'a whole answer, while it is made');
    await closed();

    simulator.script({ behaviour: { kind: 'stall' } });
    const silent = new AbortController();
    const silence = readAll(provider.stream(call(), { signal: silent.signal }));
    await simulator.journal.waitFor(() => true);
    silent.abort(reason);
    t.equal((await silence).error, reason, 'a stream, before its first event');
    await closed();

    simulator.script({
      behaviour: { kind: 'answer', deltas: ['a', 'b'], gate: { name: 'mid', afterDeltas: 1 } },
    });
    const talking = new AbortController();
    const groups = provider.stream(call(), { signal: talking.signal })[Symbol.asyncIterator]();
    let heard = '';
    while (heard === '') heard = textOf((await groups.next()).value ?? []);
    const next = groups.next();
    talking.abort(reason);
    t.equal(await rejection(next), reason, 'a stream, while it talks');
    await closed();
  },
);

t.test(
  'a call whose signal has already come, or comes while credentials are fetched, sends nothing',
  async (t) => {
    const recorder = await record(t);
    const reason = new Error('too late');
    const early = { signal: AbortSignal.abort(reason) };
    const provider = providerFor(t, recorder.url);
    t.match(await rejection(provider.complete(call(), early)), { cause: reason, served: null });
    t.match((await readAll(provider.stream(call(), early))).error, { cause: reason, served: null });

    let deliver = () => {};
    const slow = providerFor(t, recorder.url, {
      credentials: () =>
        new Promise((resolve) => {
          deliver = () => resolve(CREDENTIALS);
        }),
    });
    const controller = new AbortController();
    const answer = rejection(slow.complete(call(), { signal: controller.signal }));
    controller.abort(reason);
    t.match(await answer, { cause: reason, served: null });
    deliver();
    await slow.complete(call(), { signal: NEVER });
    t.equal(recorder.requests.length, 1, 'only the call that was not given up');
  },
);

t.test('a call given up while it waits for a connection is never sent', async (t) => {
  const recorder = await record(t, answerWith({ pieces: ANSWER }));
  const provider = providerFor(t, recorder.url, { connections: 1 });
  const controller = new AbortController();
  const first = provider.complete(call('first'), { signal: NEVER });
  const second = rejection(provider.complete(call('second'), { signal: controller.signal }));
  const third = provider.complete(call('third'), { signal: NEVER });
  while (recorder.requests.length === 0) await connectionsAreFree();
  controller.abort(new Error('gone'));
  t.match(await second, { cause: { message: 'gone' }, served: null });
  await Promise.all([first, third]);
  const texts = recorder.requests.map(({ body }) => JSON.parse(body.toString()).messages[0].content[0].text);
  t.same(texts, ['first', 'third']);
});

t.test('leaving the loop closes the upstream connection', async (t) => {
  const simulator = await createSimulator();
  t.teardown(() => simulator.close());
  simulator.script({
    behaviour: { kind: 'answer', deltas: ['a', 'b'], gate: { name: 'mid', afterDeltas: 1 } },
  });
  for await (const group of providerFor(t, simulator.url).stream(call(), { signal: NEVER })) {
    if (textOf(group) !== '') break;
  }
  const entry = await simulator.journal.waitFor(({ finishedAt }) => finishedAt !== null);
  t.equal(entry.status, 'client_closed');
});

t.test('no listener stays on a signal that outlives its calls', async (t) => {
  const recorder = await record(t, answerWith({ pieces: ANSWER }));
  const provider = providerFor(t, recorder.url);
  const { signal } = new AbortController();
  await provider.complete(call(), { signal });
  await readAll(provider.stream(call(), { signal }));
  for await (const _ of provider.stream(call(), { signal })) break;
  await rejection(provider.complete(call('Hi', { modelId: '..' }), { signal }));
  t.equal(getEventListeners(signal, 'abort').length, 0);
});

t.test('a reader that lags stops the upstream, is not timed out, and loses nothing', async (t) => {
  const piece = Buffer.concat(Array.from({ length: 64 }, () => delta('x'.repeat(1000))));
  const pieces = 800;
  let written = 0;
  const recorder = await record(t, async (response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    response.write(START);
    for (; written < pieces; written++) {
      if (!response.write(piece)) await once(response, 'drain');
    }
    response.end(Buffer.concat([STOP, METADATA]));
  });
  const provider = providerFor(t, recorder.url, { timeouts: { betweenEventsMs: 400 } });
  const groups = provider.stream(call(), { signal: NEVER })[Symbol.asyncIterator]();
  await groups.next();
  // The buffers between the two are full once the writer has not come any further for a while.
  let before = -1;
  while (before !== written) {
    before = written;
    await after(250);
  }
  t.ok(written < pieces / 2, `the upstream stands still after ${written} of ${pieces} pieces`);
  const rest = await readAll({ [Symbol.asyncIterator]: () => groups });
  t.equal(rest.error, undefined);
  t.ok(rest.text.length > (pieces * 64 - 200) * 1000);
  t.same(
    rest.events.slice(-2).map(({ type }) => type),
    ['finish', 'usage'],
  );
  t.equal(written, pieces);
});

t.test('closing ends what is open, and later calls are told that nothing was sent', async (t) => {
  const simulator = await createSimulator();
  t.teardown(() => simulator.close());
  simulator.script({ behaviour: { kind: 'stall' } });
  const provider = providerFor(t, simulator.url);
  const open = readAll(provider.stream(call(), { signal: NEVER }));
  await simulator.journal.waitFor(() => true);
  await provider.close();
  t.equal(kindOf((await open).error), 'reset');
  t.equal(kindOf(await rejection(provider.complete(call(), { signal: NEVER }))), 'connect_failed');
  t.equal(kindOf((await readAll(provider.stream(call(), { signal: NEVER }))).error), 'connect_failed');
  t.equal(simulator.journal.entries().length, 1);
});
