import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { extractJson, JsonExtractor } from '../../../src/wire/bedrock/extract-json.ts';

t.test('the value comes without what the model put around it', async (t) => {
  for (const text of [
    '{"a":1}',
    ' {"a":1}\n',
    '```json\n{"a":1}\n```',
    '\n ```json \r\n{"a":1}```  ',
    'Here is the JSON:\n```json\n{"a":1}\n```',
    '```json\n{"a":1}\n```\nHope this helps!',
    'As {you} [sic] asked: {"a":1} and {"b":2}',
  ])
    t.equal(extractJson(text), '{"a":1}', JSON.stringify(text));
});

t.test('brackets, quotes and fences within a string are text', async (t) => {
  for (const value of ['{"a":"}]\\"}```\\\\"}', '[{"a":[1,"]"]},2]', '{ "a": {} }', '[]', '[ -1 ]'])
    t.equal(extractJson(`x ${value}\n\`\`\``), value);
});

t.test('an answer without a value passes to the letter', async (t) => {
  for (const text of ['', 'I cannot do that [sic].', '```json', '"text"', '42', 'see {', 'x [ '])
    t.equal(extractJson(text), text, JSON.stringify(text));
});

t.test('a value that was cut stays as far as it came', async (t) => {
  t.equal(extractJson('```json\n{"a":\n'), '{"a":\n');
});

t.test('every JSON value is found again, wherever the text is cut', async (t) => {
  const value = fc.oneof(
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
  );
  const around = fc.constantFrom('', '```json\n', '\n```', 'So: ', ' Bye! {"z":0}');
  fc.assert(
    fc.property(value, fc.constantFrom('', '```json\n', 'So: '), around, (json, before, after) => {
      const text = JSON.stringify(json);
      assert.equal(extractJson(before + text + after), text);
    }),
    { numRuns: 1000 },
  );
  t.pass('1000 values');
});

t.test('it does not matter where the text is cut', async (t) => {
  const word = fc.constantFrom(
    '`',
    '```json\n',
    '\n',
    ' ',
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    'x',
    '1',
    '{"a":1}',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (parts) => {
      const extractor = new JsonExtractor();
      const streamed = parts.map((part) => extractor.push(part)).join('') + extractor.end();
      assert.equal(streamed, extractJson(parts.join('')));
    }),
    { numRuns: 3000 },
  );
  t.pass('3000 texts');
});
