// What goes wrong upstream, as the real look-alike does it over HTTP, is an UpstreamError of the right kind.
import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import t from 'tap';
import type { UpstreamErrorKind } from '../../../src/canonical/upstream-error.ts';
import { type Behaviour, createSimulator, type Fault } from '../../../src/simulator/simulator.ts';
import { call, kindOf, NEVER, providerFor, readAll, rejection, type TestProvider } from './calls.ts';
import { delta, START } from './frames.ts';
import { record } from './recorder.ts';
import { untrustedCertificate } from './untrusted-certificate.ts';

type Test = { teardown(action: () => unknown): unknown };

async function simulate(t: Test, ...behaviours: Behaviour[]) {
  const simulator = await createSimulator();
  t.teardown(() => simulator.close());
  for (const behaviour of behaviours) simulator.script({ behaviour });
  return simulator;
}

async function listen(t: Test, server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => open.add(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  // A TCP server's address is never a string or null while it listens.
  return (server.address() as AddressInfo).port;
}

const EXCEPTIONS: [exception: string, kind: UpstreamErrorKind, message?: string][] = [
  ['ThrottlingException', 'throttled'],
  ['ModelNotReadyException', 'not_ready'],
  ['ServiceQuotaExceededException', 'quota'],
  ['ServiceUnavailableException', 'unavailable'],
  ['InternalServerException', 'internal'],
  ['ModelTimeoutException', 'timeout'],
  ['ModelErrorException', 'model_error'],
  ['ValidationException', 'rejected'],
  ['ValidationException', 'context_length', 'prompt is too long: 9 tokens > 8 maximum'],
  [
    'AccessDeniedException',
    'model_access',
    "You don't have access to the model with the specified model ID.",
  ],
  ['UnrecognizedClientException', 'auth'],
  ['ExpiredTokenException', 'auth'],
  ['ResourceNotFoundException', 'not_found'],
];

t.test(
  'every exception before the answer is its kind, once, before any event, and is not retried',
  async (t) => {
    const simulator = await createSimulator();
    t.teardown(() => simulator.close());
    const provider = providerFor(t, simulator.url);
    for (const [exception, kind, message = 'told by the test'] of EXCEPTIONS) {
      simulator.reset();
      simulator.script({ behaviour: { kind: 'error', exception, message, retryAfterSeconds: 2 } });
      const whole = await rejection(provider.complete(call(), { signal: NEVER }));
      const stream = await readAll(provider.stream(call(), { signal: NEVER }));
      t.equal(stream.groupCount, 0);
      for (const error of [whole, stream.error]) {
        t.equal(kindOf(error), kind, exception);
        t.match(error, { code: exception, status: Number, retryAfterMs: 2000 });
        t.ok(
          simulator.journal.entries().some(({ id }) => Object(error).upstreamRequestId === id),
          'with its id',
        );
      }
      t.equal(simulator.journal.entries().length, 2, 'one call each');
    }
  },
);

const FAULTS: [fault: Fault, kind: UpstreamErrorKind][] = [
  [{ kind: 'exception', name: 'ThrottlingException' }, 'throttled'],
  [{ kind: 'exception', name: 'ModelStreamErrorException' }, 'model_error'],
  [{ kind: 'exception', name: 'InternalServerException' }, 'internal'],
  [{ kind: 'exception', name: 'ServiceUnavailableException' }, 'unavailable'],
  [{ kind: 'exception', name: 'ModelTimeoutException' }, 'timeout'],
  [{ kind: 'error-frame', code: 'InternalServerException', message: 'oops' }, 'internal'],
  [{ kind: 'cut', how: 'close' }, 'reset'],
  [{ kind: 'cut', how: 'reset' }, 'reset'],
  [{ kind: 'half-frame' }, 'malformed'],
  [{ kind: 'bad-crc' }, 'malformed'],
  [{ kind: 'clean-end' }, 'incomplete'],
];

t.test('every way a stream breaks is its kind, after what was said before', async (t) => {
  const simulator = await createSimulator();
  t.teardown(() => simulator.close());
  const provider = providerFor(t, simulator.url);
  for (const [fault, kind] of FAULTS) {
    for (const afterDeltas of [undefined, 2]) {
      simulator.reset();
      const place = afterDeltas === undefined ? { afterFrames: 0 } : { afterDeltas };
      const deltas = ['one ', 'two ', 'three '];
      simulator.script({ behaviour: { kind: 'answer', deltas, fault: { ...fault, ...place } } });
      const read = await readAll(provider.stream(call(), { signal: NEVER }));
      const name = `${JSON.stringify(fault)} after ${afterDeltas ?? 'no'} deltas`;
      t.equal(kindOf(read.error), kind, name);
      t.ok(deltas.join('').startsWith(read.text), name);
      if (afterDeltas === undefined) t.equal(read.groupCount, 0, name);
      const [entry] = simulator.journal.entries();
      t.match(read.error, { upstreamRequestId: entry?.id }, name);
      t.equal(simulator.journal.entries().length, 1, 'not retried');
    }
  }
});

t.test('a whole answer that is cut off is a reset, one that cannot be read is malformed', async (t) => {
  const json = { 'content-type': 'application/json', 'x-amzn-requestid': 'raw-1' };
  const simulator = await simulate(t);
  const provider = providerFor(t, simulator.url);
  const cases: [Behaviour, UpstreamErrorKind][] = [
    [{ kind: 'cut' }, 'reset'],
    [{ kind: 'cut', how: 'reset' }, 'reset'],
    [{ kind: 'answer', text: 'Hi', fault: { kind: 'cut' } }, 'reset'],
    [{ kind: 'raw', status: 200, headers: json, body: '{"output":' }, 'malformed'],
    [{ kind: 'raw', status: 200, headers: json, body: '{}' }, 'malformed'],
    [{ kind: 'raw', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }, 'malformed'],
    [{ kind: 'raw', status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' }, 'internal'],
    [{ kind: 'raw', status: 302, headers: { location: '/elsewhere' }, body: '' }, 'internal'],
  ];
  for (const [behaviour, kind] of cases) {
    simulator.reset();
    simulator.script({ behaviour });
    t.equal(
      kindOf(await rejection(provider.complete(call(), { signal: NEVER }))),
      kind,
      JSON.stringify(behaviour),
    );
  }
});

t.test('a stream of another content type is malformed, not silence', async (t) => {
  const html = { 'content-type': 'text/html', 'x-amzn-requestid': 'raw-2' };
  const simulator = await simulate(t, { kind: 'raw', status: 200, headers: html, body: '<html>' });
  const { error } = await readAll(providerFor(t, simulator.url).stream(call(), { signal: NEVER }));
  t.match(error, { kind: 'malformed', upstreamRequestId: 'raw-2' });
});

t.test('a refusal whose text is cut off or endless is still known by its status', async (t) => {
  const recorder = await record(t, (response, { body }) => {
    response.writeHead(429, {
      'x-amzn-errortype': 'ThrottlingException',
      'content-type': 'application/json',
    });
    response.write('{"message":"slow');
    if (body.includes('endless')) {
      const page = Buffer.alloc(256 * 1024, 'x');
      const more = () => response.destroyed || response.write(page, more);
      more();
    } else {
      response.socket?.end();
    }
  });
  const provider = providerFor(t, recorder.url);
  t.equal(kindOf(await rejection(provider.complete(call('cut'), { signal: NEVER }))), 'throttled');
  t.equal(kindOf(await rejection(provider.complete(call('endless'), { signal: NEVER }))), 'throttled');
});

t.test('where nobody listens, or no such host is, nothing was sent', async (t) => {
  const server = createServer();
  const port = await listen(t, server);
  server.close();
  await once(server, 'close');
  for (const endpoint of [`http://127.0.0.1:${port}`, 'http://no-such-host.invalid']) {
    const provider = providerFor(t, endpoint);
    t.equal(
      kindOf(await rejection(provider.complete(call(), { signal: NEVER }))),
      'connect_failed',
      endpoint,
    );
    const { error } = await readAll(provider.stream(call(), { signal: NEVER }));
    t.equal(kindOf(error), 'connect_failed', endpoint);
  }
});

t.test('a certificate that nobody vouches for is refused before anything is sent', async (t) => {
  let requests = 0;
  const server = createTlsServer(untrustedCertificate(), () => {
    requests += 1;
  });
  const port = await listen(t, server);
  const error = await rejection(
    providerFor(t, `https://127.0.0.1:${port}`).complete(call(), { signal: NEVER }),
  );
  t.equal(kindOf(error), 'connect_failed');
  t.match(error, { cause: { code: /SELF_SIGNED/ } });
  t.equal(requests, 0);
});

t.test('a handshake that never ends is given up in time', async (t) => {
  const port = await listen(t, createServer());
  const provider = providerFor(t, `https://127.0.0.1:${port}`, { timeouts: { connectMs: 60 } });
  const startedAt = performance.now();
  t.equal(kindOf(await rejection(provider.complete(call(), { signal: NEVER }))), 'connect_failed');
  t.ok(performance.now() - startedAt < 5_000, "sooner than the client's own limit");
});

t.test('a server that does not speak HTTP is malformed', async (t) => {
  const server = createServer((socket) => socket.once('data', () => socket.end('hello, not HTTP\r\n\r\n')));
  const provider = providerFor(t, `http://127.0.0.1:${await listen(t, server)}`);
  t.equal(kindOf(await rejection(provider.complete(call(), { signal: NEVER }))), 'malformed');
});

t.test('silence is a timeout, wherever it falls, and the upstream sees the connection close', async (t) => {
  const simulator = await simulate(t);
  const impatient = providerFor(t, simulator.url, { timeouts: { firstEventMs: 60, wholeAnswerMs: 60 } });
  const patient = providerFor(t, simulator.url, { timeouts: { betweenEventsMs: 60 } });
  const silent: [name: string, provider: TestProvider, Behaviour, text: string][] = [
    ['before the status line', impatient, { kind: 'stall' }, ''],
    [
      'before the first event',
      impatient,
      { kind: 'answer', text: 'Hi', fault: { kind: 'stall', afterFrames: 0 } },
      '',
    ],
    [
      'between events',
      patient,
      { kind: 'answer', deltas: ['a', 'b'], fault: { kind: 'stall', afterDeltas: 1 } },
      'a',
    ],
  ];
  for (const [name, provider, behaviour, text] of silent) {
    simulator.reset();
    simulator.script({ behaviour });
    const read = await readAll(provider.stream(call(), { signal: NEVER }));
    t.equal(kindOf(read.error), 'timeout', name);
    t.equal(read.text, text, name);
    const entry = await simulator.journal.waitFor(({ finishedAt }) => finishedAt !== null);
    t.equal(entry.status, 'client_closed', name);
  }
  simulator.reset();
  simulator.script({ behaviour: { kind: 'stall' } });
  t.equal(kindOf(await rejection(impatient.complete(call(), { signal: NEVER }))), 'timeout');
});

t.test('a stream that keeps talking outlives every time-out', async (t) => {
  const deltas = Array.from({ length: 40 }, (_, index) => `${index} `);
  const simulator = await simulate(t, { kind: 'answer', deltas, betweenFramesMs: 10 });
  const timeouts = { firstEventMs: 300, betweenEventsMs: 300 };
  const read = await readAll(providerFor(t, simulator.url, { timeouts }).stream(call(), { signal: NEVER }));
  t.equal(read.error, undefined);
  t.equal(read.text, deltas.join(''));
});

t.test('a connection lost between the stop and the usage loses only the usage', async (t) => {
  const simulator = await simulate(t, {
    kind: 'answer',
    deltas: ['Hi'],
    fault: { kind: 'cut', how: 'close', afterFrames: 4 },
  });
  const read = await readAll(providerFor(t, simulator.url).stream(call(), { signal: NEVER }));
  t.equal(read.error, undefined);
  t.equal(read.events.at(-1)?.type, 'finish');
});

t.test('a request with nothing to say is a Refusal before anything is sent', async (t) => {
  const recorder = await record(t);
  const provider = providerFor(t, recorder.url);
  const refusal = { name: 'Refusal', kind: 'invalid_value', param: 'messages' };
  t.throws(() => provider.complete(call(' '), { signal: NEVER }), refusal);
  t.throws(() => provider.stream(call(' '), { signal: NEVER }), refusal);
  t.equal(recorder.requests.length, 0);
});

t.test('an exception behind good events arrives after them, however little is between', async (t) => {
  const recorder = await record(t, (response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    response.write(Buffer.concat([START, delta('kept')]));
    response.socket?.end();
  });
  const read = await readAll(providerFor(t, recorder.url).stream(call(), { signal: NEVER }));
  t.equal(read.text, 'kept');
  t.equal(kindOf(read.error), 'reset');
});
