// The text of a custom tool, read while the JSON around it comes.
import fc from 'fast-check';
import t from 'tap';
import { createCustomInputReader } from '../../../../src/wire/openai/responses/read-custom-input.ts';

function readAll(pieces: readonly string[]) {
  const reader = createCustomInputReader();
  const deltas = pieces.map((piece) => reader.push(piece));
  const { rest, input } = reader.end();
  return { deltas, told: deltas.join('') + rest, input };
}

t.test(
  'however the JSON is written and cut, what was told is the text, and no half of a pair is told alone',
  async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '水', '🙂', '\u0000', '\u2028') });
    const escaped = (json: string) =>
      json.replace(/[^ -~\n]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
    fc.assert(
      fc.property(text, fc.boolean(), fc.array(fc.nat({ max: 200 })), (input, isEscaped, cuts) => {
        const plain = JSON.stringify({ input }, null, isEscaped ? 1 : 0);
        const json = isEscaped ? escaped(plain) : plain;
        const places = [...new Set([0, ...cuts, json.length])]
          .filter((cut) => cut <= json.length && !isInPair(json, cut))
          .sort((a, b) => a - b);
        const pieces = places.slice(1).map((cut, index) => json.slice(places[index], cut));
        const { deltas, told, input: whole } = readAll(pieces);
        return told === input && whole === input && deltas.every((delta) => delta.isWellFormed());
      }),
      { numRuns: 2_000 },
    );
  },
);

t.test('text is told before its JSON has ended', async (t) => {
  const reader = createCustomInputReader();
  t.equal(reader.push('{"input":"abc'), 'abc');
  t.equal(reader.push('\\u00'), '');
  t.equal(reader.push('e9d'), 'éd');
});

t.test('other JSON is told at the end, as it is', async (t) => {
  t.same(readAll(['{"other":', '1}']), { deltas: ['', ''], told: '{"other":1}', input: '{"other":1}' });
  t.same(readAll([]), { deltas: [], told: '', input: '' });
  t.same(readAll(['{}']), { deltas: [''], told: '', input: '' });
});

t.test('of JSON that was cut, what had come counts', async (t) => {
  t.same(readAll(['{"input":"abc\\']), { deltas: ['abc'], told: 'abc', input: 'abc' });
});

function isInPair(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}
