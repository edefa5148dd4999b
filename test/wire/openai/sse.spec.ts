import fc from 'fast-check';
import t from 'tap';
import { createSseParser, formatEvent, type SseEvent } from '../../../src/wire/sse.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

function parseInPieces(bytes: Uint8Array, cuts: readonly number[]): SseEvent[] {
  const parser = createSseParser();
  const bounds = [0, ...cuts, bytes.length];
  return bounds.slice(1).flatMap((end, index) => parser.push(bytes.subarray(bounds[index], end)));
}

const EVENTS: [string, string, SseEvent[]][] = [
  ['a data line', 'data: a\n\n', [{ event: null, data: 'a' }]],
  ['a value without its space', 'data:a\n\n', [{ event: null, data: 'a' }]],
  ['only one space is removed', 'data:  a\n\n', [{ event: null, data: ' a' }]],
  ['several data lines', 'data: a\ndata: b\n\n', [{ event: null, data: 'a\nb' }]],
  ['an empty data line', 'data\ndata: b\n\n', [{ event: null, data: '\nb' }]],
  [
    'carriage returns',
    'data: a\r\rdata: b\r\r',
    [
      { event: null, data: 'a' },
      { event: null, data: 'b' },
    ],
  ],
  ['carriage return and line feed', 'data: a\r\ndata: b\r\n\r\n', [{ event: null, data: 'a\nb' }]],
  ['mixed line ends', 'data: a\r\ndata: b\rdata: c\n\r\n', [{ event: null, data: 'a\nb\nc' }]],
  ['a comment', ': ping\n\ndata: a\n: more\n\n', [{ event: null, data: 'a' }]],
  [
    'a name',
    'event: error\ndata: a\n\ndata: b\n\n',
    [
      { event: 'error', data: 'a' },
      { event: null, data: 'b' },
    ],
  ],
  ['a name that is taken back', 'event: x\nevent:\ndata: a\n\n', [{ event: null, data: 'a' }]],
  ['a name without data', 'event: error\n\ndata: b\n\n', [{ event: null, data: 'b' }]],
  ['other fields', 'id: 1\nretry: 5\nfoo: x\ndata: a\n\n', [{ event: null, data: 'a' }]],
  ['a byte order mark', '\uFEFFdata: a\n\n', [{ event: null, data: 'a' }]],
  ['two to four bytes a character', 'data: é水🙂\n\n', [{ event: null, data: 'é水🙂' }]],
  ['a colon in the value', 'data: {"a":1}\n\n', [{ event: null, data: '{"a":1}' }]],
  ['an event that nothing ended', 'data: a\n\ndata: b\n', [{ event: null, data: 'a' }]],
];

t.test('the event parser reads every form of the format, cut at every byte', async (t) => {
  for (const [name, text, expected] of EVENTS) {
    const bytes = bytesOf(text);
    t.same(parseInPieces(bytes, []), expected, name);
    t.same(parseInPieces(bytes, [...bytes.keys()]), expected, `${name}, a byte at a time`);
    for (const cut of bytes.keys()) t.same(parseInPieces(bytes, [cut]), expected, `${name}, cut at ${cut}`);
  }
});

t.test('bytes that are no UTF-8 read as replacement characters', async (t) => {
  const bytes = Uint8Array.from([...bytesOf('data: a'), 0xff, 0xc3, ...bytesOf('\n\n')]);
  t.same(parseInPieces(bytes, [8]), [{ event: null, data: 'a\uFFFD\uFFFD' }]);
});

t.test('what is formatted reads back as it was, whatever the cut', async (t) => {
  const event = fc.record({
    event: fc.option(fc.stringMatching(/^[a-z_.]{1,12}$/)),
    // The format cannot tell one line end from another.
    data: fc.string({ unit: 'binary' }).map((text) => text.replace(/\r\n?/g, '\n')),
  });
  const cuts = fc.array(fc.nat(300), { maxLength: 5 });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 5 }), cuts, (events, places) => {
      const bytes = bytesOf(events.map(formatEvent).join(''));
      const sorted = places.map((place) => Math.min(place, bytes.length)).sort((a, b) => a - b);
      return JSON.stringify(parseInPieces(bytes, sorted)) === JSON.stringify(events);
    }),
    { numRuns: 200 },
  );
  t.pass('no counterexample');
});

t.test('line ends inside the data become lines of their own, so that no event can be forged', async (t) => {
  t.equal(
    formatEvent({ event: 'x', data: 'a\rb\r\nc\n\ndata: d' }),
    'event: x\ndata: a\ndata: b\ndata: c\ndata: \ndata: data: d\n\n',
  );
});

t.test('an event that never ends is refused instead of filling the memory', async (t) => {
  const inOneLine = createSseParser({ maxEventChars: 10 });
  t.throws(() => inOneLine.push(bytesOf('data: 12345')), RangeError);
  const inManyLines = createSseParser({ maxEventChars: 10 });
  t.same(inManyLines.push(bytesOf('data: 1\n')), []);
  t.throws(() => inManyLines.push(bytesOf('data: 2\n')), RangeError);
  const inManyEvents = createSseParser({ maxEventChars: 10 });
  t.equal(inManyEvents.push(bytesOf('data: 123\n\n'.repeat(5))).length, 5);
});
