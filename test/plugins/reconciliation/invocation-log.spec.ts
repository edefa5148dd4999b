// Files of the invocation log: every form AWS's tools give them, cut anywhere.
import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { createJsonSplitter, SplitError } from '../../../src/plugins/reconciliation/logs/split-json.ts';
import { refuseTooLarge, withUpload } from '../../../src/plugins/reconciliation/upload.ts';
import { readWholeLog } from './files.ts';
import { FIRST, jsonLines, logRecord, RECORDS, SECOND, THIRD } from './samples.ts';

const EVENTS = JSON.stringify(
  {
    events: [
      {
        logStreamName: 'aws/bedrock/modelinvocations',
        message: 'Amazon Bedrock: permissions are correctly set.',
      },
      ...RECORDS.map((record) => ({ timestamp: 1, message: JSON.stringify(record), eventId: '3]}' })),
    ],
    searchedLogStreams: [{ logStreamName: 'aws/bedrock/modelinvocations' }],
    nextToken: 'abc}]{[',
  },
  null,
  2,
);

const FORMS: Record<string, string> = {
  'one object per line': jsonLines(),
  'lines with a time in front': jsonLines().replace(/^/gm, '2026-11-20T14:03:17.000Z ').replace(/ $/, ''),
  'objects without a break': RECORDS.map((record) => JSON.stringify(record)).join(''),
  'a list': JSON.stringify(RECORDS, null, 2),
  'a list of Logs Insights': JSON.stringify(
    RECORDS.map((record) => ({ '@message': JSON.stringify(record) })),
  ),
  'events of CloudWatch': EVENTS,
  'events after the token': EVENTS.replace('{', '{"nextToken": "a\\"{", '),
};

const EXPECTED = [
  {
    requestId: '6f0d9a52-3a41-4c1e-9d0b-1f2e3d4c5b6a',
    at: new Date('2026-11-20T14:03:17Z'),
    exchangeId: FIRST,
    keyId: 1,
    inputTokens: 1204,
    outputTokens: 512,
    cacheReadTokens: 18432,
    cacheWriteTokens: 0,
    cacheWrite1hTokens: null,
    errorCode: null,
  },
  { exchangeId: SECOND, inputTokens: 57, outputTokens: 2048, cacheWriteTokens: 18432, cacheWrite1hTokens: 0 },
  { exchangeId: THIRD, inputTokens: 0, outputTokens: 0, errorCode: 'ThrottlingException' },
];

for (const [form, text] of Object.entries(FORMS)) {
  t.test(`${form}: every call is read, no word of it is kept`, async (t) => {
    for (const [content, format] of [
      [text, 'plain'],
      [gzipSync(text), 'gzip'],
    ] as const) {
      const { records, counts } = await readWholeLog(t, content, format);
      t.match(records, EXPECTED);
      t.equal(records.length, 3);
      t.equal(counts.malformed, 0);
      t.notMatch(JSON.stringify(records), /secret prompt/);
    }
  });
}

t.test('a file of several gzip members is read whole', async (t) => {
  const members = RECORDS.map((record) => gzipSync(jsonLines([record])));
  t.match((await readWholeLog(t, Buffer.concat(members), 'gzip')).records, EXPECTED);
});

t.test('however a file is cut into chunks, the same records come of it', async () => {
  const forms = Object.values(FORMS).map((text) => Buffer.from(text));
  const whole = forms.map((bytes) => createJsonSplitter().push(bytes));
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: forms.length - 1 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }),
      (form, sizes) => {
        const bytes = forms[form] ?? Buffer.alloc(0);
        const splitter = createJsonSplitter();
        const records: string[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          records.push(...splitter.push(bytes.subarray(at, at + size)));
          at += size;
        }
        splitter.end();
        return JSON.stringify(records) === JSON.stringify(whole[form]);
      },
    ),
  );
});

t.test('any JSON objects come out as they went in', async () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 }), (values) => {
      const lines = values.map((value) => JSON.stringify({ first: 1, ...value }));
      for (const text of [lines.join('\n'), `[${lines.join(',')}]`, lines.join('')]) {
        const splitter = createJsonSplitter();
        const records = splitter.push(Buffer.from(text));
        splitter.end();
        if (JSON.stringify(records) !== JSON.stringify(lines)) return false;
      }
      return true;
    }),
  );
});

t.test('a file that was cut off anywhere inside a record or a list is known for it', async (t) => {
  for (const text of [JSON.stringify(RECORDS), EVENTS]) {
    const bytes = Buffer.from(text);
    for (let length = 1; length < bytes.length; length += 7) {
      const splitter = createJsonSplitter();
      splitter.push(bytes.subarray(0, length));
      t.throws(() => splitter.end(), SplitError);
    }
  }
});

t.test('a file that is damaged, cut off or something else is refused whole, with the reason', async (t) => {
  const refusals: [content: string | Uint8Array, format: 'plain' | 'gzip', reason: RegExp][] = [
    [gzipSync(jsonLines()).subarray(0, -9), 'gzip', /damaged or cut off/],
    [Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), 'gzip', /damaged or cut off/],
    [jsonLines().slice(0, -20), 'plain', /ends in the middle/],
    [`${jsonLines()}{"a": oops}`, 'plain', /record 4 is not JSON/],
    ['{"schemaType":"Other"}', 'plain', /no record of a model invocation/],
    ['line,item\n1,2\n', 'plain', /no record of a model invocation/],
  ];
  for (const [content, format, reason] of refusals)
    await t.rejects(readWholeLog(t, content, format), { code: 'IMPORT_UNREADABLE', message: reason });
});

t.test('a record longer than any of AWS is refused instead of filling the memory', async (t) => {
  const splitter = createJsonSplitter(1_000);
  t.throws(() => splitter.push(Buffer.from(`{"a":"${'x'.repeat(1_000)}"}`)), SplitError);
});

t.test(
  'counts that are absent are none; a record without identity, time or with nonsense is counted apart',
  async (t) => {
    const good = logRecord({ requestId: 'r1', input: { inputTokenCount: 5 }, output: {} });
    const { records, counts } = await readWholeLog(
      t,
      jsonLines([
        good,
        { ...good, requestId: '' },
        { ...good, timestamp: 'yesterday' },
        logRecord({ requestId: 'r2', input: { inputTokenCount: -1 } }),
        logRecord({ requestId: 'r3', input: { inputTokenCount: '5' } }),
      ]),
    );
    t.match(records, [{ inputTokens: 5, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 }]);
    t.equal(counts.malformed, 4);
  },
);

t.test('metadata that is not of our making names no exchange', async (t) => {
  const claims = [
    {},
    { gw_exchange: 'x', gw_key: '-1' },
    { gw_exchange: `${FIRST}0`, gw_key: '1.5' },
    'text',
    null,
  ];
  const { records } = await readWholeLog(
    t,
    jsonLines(
      claims.map((requestMetadata, at) => ({ ...logRecord({ requestId: `r${at}` }), requestMetadata })),
    ),
  );
  t.same(
    records.map(({ exchangeId, keyId }) => [exchangeId, keyId]),
    claims.map(() => [null, null]),
  );
});

t.test('the cache writes of an hour are told apart where the body says so', async (t) => {
  const usage = {
    cacheDetails: [
      { ttl: '5m', inputTokens: 10 },
      { ttl: '1h', inputTokens: 30 },
    ],
  };
  const record = logRecord({
    requestId: 'r1',
    input: { cacheWriteInputTokenCount: 40 },
    output: { outputBodyJson: { usage } },
  });
  t.match((await readWholeLog(t, jsonLines([record]))).records, [
    { cacheWriteTokens: 40, cacheWrite1hTokens: 30 },
  ]);
});

t.test('an upload is hashed, limited, and gone when the work is done', async (t) => {
  const source = () => Readable.from([Buffer.from('ab'), Buffer.from('c')]);
  const upload = await withUpload(source(), async (received) => {
    t.equal(existsSync(received.path), true);
    return received;
  });
  t.match(upload, { bytes: 3, format: 'plain', sha256: /^ba7816bf8f01cfea/ });
  t.equal(existsSync(upload.path), false);
  await t.rejects(
    withUpload(source(), async () => undefined, 2),
    { code: 'IMPORT_TOO_LARGE', statusCode: 413 },
  );
  t.throws(() => refuseTooLarge(String(512 * 1024 * 1024 + 1)), { code: 'IMPORT_TOO_LARGE' });
  t.doesNotThrow(() => refuseTooLarge(undefined));
});
