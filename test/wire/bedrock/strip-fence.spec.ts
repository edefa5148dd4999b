import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { FenceStripper, stripFence } from '../../../src/wire/bedrock/strip-fence.ts';

t.test('a fence is taken off, with or without the name of a language', async (t) => {
  for (const fenced of ['```json\n{"a":1}\n```', '```\n{"a":1}\n```\n', '\n ```json \r\n{"a":1}```  '])
    t.equal(stripFence(fenced), '{"a":1}', JSON.stringify(fenced));
  t.equal(stripFence('```json\n{"a":"```"}\n```'), '{"a":"```"}', 'inside, backticks are text');
});

t.test('what is not fenced passes to the letter', async (t) => {
  for (const bare of [
    '',
    '{"a":1}',
    ' {"a":1}\n',
    '`x`',
    '``',
    'say ```json\n{}\n```',
    '```{"a":1}```',
    '```json',
  ])
    t.equal(stripFence(bare), bare, JSON.stringify(bare));
  t.equal(stripFence('```json\n{"a":\n'), '{"a":\n', 'an answer that was cut has no second fence');
});

t.test('it does not matter where the text is cut', async (t) => {
  const pieces = fc.array(fc.constantFrom('`', '```', 'json', '\n', ' ', '{"a":1}', 'x', '```json\n'), {
    maxLength: 9,
  });
  fc.assert(
    fc.property(pieces, (parts) => {
      const stripper = new FenceStripper();
      const streamed = parts.map((part) => stripper.push(part)).join('') + stripper.end();
      assert.equal(streamed, stripFence(parts.join('')));
    }),
    { numRuns: 2000 },
  );
  t.pass('2000 texts');
});
