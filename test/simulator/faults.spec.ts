// How each fault looks to the real SDK: a gateway's decoder is tested against the same.
import { ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import t from 'tap';
import type { Fault } from '../../src/simulator/script.ts';
import { ask, awsClient, converse, listenTo, PROTOCOLS, type Protocol, start } from './support.ts';

const EXCEPTIONS: [name: string, status: number][] = [
  ['ThrottlingException', 429],
  ['ModelNotReadyException', 429],
  ['ServiceQuotaExceededException', 400],
  ['ServiceUnavailableException', 503],
  ['InternalServerException', 500],
  ['ModelTimeoutException', 408],
  ['ModelErrorException', 424],
  ['ModelStreamErrorException', 424],
  ['ValidationException', 400],
  ['AccessDeniedException', 403],
  ['UnrecognizedClientException', 403],
  ['ExpiredTokenException', 403],
  ['InvalidSignatureException', 403],
  ['MissingAuthenticationTokenException', 403],
  ['IncompleteSignatureException', 403],
  ['ResourceNotFoundException', 404],
  ['ConflictException', 400],
  ['ExceptionOfTomorrow', 400],
];
// The members of the stream's union; the SDK throws these typed.
const STREAM_EXCEPTIONS = EXCEPTIONS.map(([name]) => name).filter((name) =>
  /^(Throttling|ModelStreamError|InternalServer|Validation|ServiceUnavailable)E/.test(name),
);
const DELTAS = ['one ', 'two ', 'three ', 'four'];

async function heardWith(t: Parameters<typeof start>[0], fault: Fault, protocol: Protocol = 'HTTP/1.1') {
  const simulator = await start(t);
  simulator.script({ behaviour: { kind: 'answer', deltas: DELTAS, fault } });
  const heard = await listenTo(awsClient(t, simulator, protocol), 'hello');
  const entry = await simulator.journal.waitFor((seen) => seen.finishedAt !== null);
  return { heard, entry };
}

for (const protocol of PROTOCOLS) {
  t.test(
    `over ${protocol} each exception before the stream reaches the SDK by name and status`,
    async (t) => {
      const simulator = await start(t);
      const client = awsClient(t, simulator, protocol);
      for (const [exception, status] of EXCEPTIONS) {
        simulator.script({
          times: 1,
          behaviour: { kind: 'error', exception, message: `it was ${exception}` },
        });
        const error = await t.rejects(converse(client, 'hello'), {
          name: exception,
          message: `it was ${exception}`,
        });
        const entry = simulator.journal.entries().at(-1);
        t.match(error, { $metadata: { httpStatusCode: status, requestId: entry?.id } });
        t.match(entry, { status: exception, usage: null, outputText: '' });
      }
    },
  );

  t.test(`over ${protocol} each exception in the stream is thrown after what came before it`, async (t) => {
    for (const name of STREAM_EXCEPTIONS) {
      for (const afterDeltas of [0, 2]) {
        const message = `in the stream: ${name}`;
        const { heard, entry } = await heardWith(
          t,
          { kind: 'exception', name, message, afterDeltas },
          protocol,
        );
        t.match(heard.error, { name, message }, `${name} after ${afterDeltas}`);
        t.equal(heard.text, DELTAS.slice(0, afterDeltas).join(''));
        t.match(entry, { status: name, usage: null, outputText: heard.text, framesWritten: afterDeltas + 2 });
      }
    }
  });

  t.test(`over ${protocol} an exception as the first frame comes after a 200`, async (t) => {
    const { heard, entry } = await heardWith(t, { kind: 'exception', name: 'ThrottlingException' }, protocol);
    t.equal(heard.error?.name, 'ThrottlingException');
    t.equal(heard.events.length, 0);
    t.equal(entry.framesWritten, 1);
  });

  t.test(`over ${protocol} a wrong checksum, half a frame and an error frame are thrown`, async (t) => {
    const checksum = await heardWith(t, { kind: 'bad-crc', afterDeltas: 1 }, protocol);
    t.match(checksum.heard.error?.message, /checksum/i);
    t.equal(checksum.heard.text, DELTAS[0]);
    t.equal(checksum.entry.status, 'cut');
    const half = await heardWith(t, { kind: 'half-frame', afterDeltas: 1 }, protocol);
    t.match(half.heard.error?.message, /truncated/i);
    t.equal(half.heard.text, DELTAS[0]);
    const error = await heardWith(
      t,
      { kind: 'error-frame', code: 'internal', message: 'broken', afterDeltas: 1 },
      protocol,
    );
    t.equal(error.heard.error?.message, 'broken');
    t.equal(error.entry.status, 'internal');
  });

  t.test(`over ${protocol} a clean end without messageStop ends silently`, async (t) => {
    const { heard, entry } = await heardWith(t, { kind: 'clean-end' }, protocol);
    t.equal(heard.error, null);
    t.equal(heard.text, DELTAS.join(''));
    t.notOk(heard.events.some((event) => event.messageStop !== undefined || event.metadata !== undefined));
    t.match(entry, { status: 'cut', usage: null });
  });

  t.test(`over ${protocol} a connection cut before the answer, or within it, is an error`, async (t) => {
    const simulator = await start(t);
    const client = awsClient(t, simulator, protocol);
    for (const how of ['close', 'reset'] as const) {
      simulator.script({ times: 1, behaviour: { kind: 'cut', how } });
      await t.rejects(converse(client, 'hello'), `before the status line (${how})`);
    }
    simulator.script({ times: 1, behaviour: { kind: 'answer', text: 'all of it', fault: { kind: 'cut' } } });
    if (protocol === 'HTTP/1.1') await t.rejects(converse(client, 'hello'), { code: 'ECONNRESET' });
    else await t.rejects(converse(client, 'hello'), { name: 'SyntaxError' });
    for (const entry of simulator.journal.entries())
      t.match(entry, { status: 'cut', usage: null, outputText: '' });
  });
}

t.test('a stream cut by the server throws over HTTP/1.1 and ends silently over HTTP/2', async (t) => {
  for (const fault of [
    { kind: 'cut', afterFrames: 0 },
    { kind: 'cut', afterDeltas: 3 },
  ] as const) {
    const text = DELTAS.slice(0, 'afterDeltas' in fault ? 3 : 0).join('');
    const http1 = await heardWith(t, fault);
    t.match(http1.heard.error, { code: 'ECONNRESET' });
    t.equal(http1.heard.text, text);
    t.match(http1.entry, { status: 'cut', outputText: text, usage: null });
    const http2 = await heardWith(t, fault, 'HTTP/2');
    t.equal(http2.heard.error, null);
    t.equal(http2.heard.text, text);
  }
  const reset = await heardWith(t, { kind: 'cut', how: 'reset', afterDeltas: 1 }, 'HTTP/2');
  t.match(reset.heard.error, { code: 'ERR_HTTP2_STREAM_ERROR' });
});

t.test('an exception frame the stream does not know arrives as a plain error', async (t) => {
  const { heard } = await heardWith(t, { kind: 'exception', name: 'ModelTimeoutException', message: 'slow' });
  t.equal(heard.error?.name, 'modelTimeoutException');
  t.match(heard.error?.message, '"slow"');
});

t.test('what an exception carries besides its message arrives too', async (t) => {
  const simulator = await start(t);
  const members = { originalStatusCode: 503, resourceName: 'model' };
  simulator.script({ behaviour: { kind: 'error', exception: 'ModelErrorException', members } });
  await t.rejects(converse(awsClient(t, simulator), 'hello'), { name: 'ModelErrorException', ...members });
});

t.test('retry-after and other headers of an error are sent', async (t) => {
  const simulator = await start(t);
  simulator.script({
    behaviour: {
      kind: 'error',
      exception: 'ThrottlingException',
      retryAfterSeconds: 7,
      headers: { 'x-amzn-errortype': '', 'x-amz-retry-after': '70' },
    },
  });
  await t.rejects(converse(awsClient(t, simulator), 'hello'), {
    name: 'Unknown',
    $response: { headers: { 'retry-after': '7', 'x-amz-retry-after': '70' } },
  });
});

t.test("a proxy's HTML page is sent as it is", async (t) => {
  const simulator = await start(t);
  const body = '<html><body>502 Bad Gateway</body></html>';
  simulator.script({ behaviour: { kind: 'raw', status: 502, body } });
  await t.rejects(converse(awsClient(t, simulator), 'hello'), { name: 'SyntaxError' });
  t.equal(simulator.journal.entries()[0]?.status, 'http_502');
});

t.test('a stalled answer stays open until the caller leaves, and the journal says so', async (t) => {
  const simulator = await start(t);
  const client = awsClient(t, simulator);
  simulator.script({ match: { operation: 'Converse' }, behaviour: { kind: 'stall' } });
  simulator.script({
    behaviour: { kind: 'answer', deltas: DELTAS, fault: { kind: 'stall', afterDeltas: 2 } },
  });

  const leaving = new AbortController();
  const silent = client.send(new ConverseCommand(ask('hello')), { abortSignal: leaving.signal });
  await simulator.journal.waitFor((entry) => entry.operation === 'Converse');
  leaving.abort();
  await t.rejects(silent, { name: 'AbortError' });
  const never = await simulator.journal.waitFor((entry) => entry.finishedAt !== null);
  t.match(never, { status: 'client_closed', framesWritten: 0 });

  const bored = new AbortController();
  const answer = await client.send(new ConverseStreamCommand(ask('hello')), { abortSignal: bored.signal });
  let text = '';
  const reading = (async () => {
    for await (const event of answer.stream ?? []) {
      text += event.contentBlockDelta?.delta?.text ?? '';
      if (text === 'one two ') bored.abort();
    }
  })();
  await t.rejects(reading, { code: 'ECONNRESET' });
  const half = await simulator.journal.waitFor(
    (entry) => entry.operation === 'ConverseStream' && entry.finishedAt !== null,
  );
  t.match(half, { status: 'client_closed', outputText: 'one two ', framesWritten: 3, usage: null });
});
