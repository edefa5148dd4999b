// What a model thought, sealed for its client and opened again.
import fc from 'fast-check';
import t from 'tap';
import {
  openThought,
  sealThought,
  type Thought,
} from '../../../../src/wire/openai/responses/encrypted-content.ts';

const thought: fc.Arbitrary<Thought> = fc.oneof(
  fc.record({
    kind: fc.constant('reasoning' as const),
    text: fc.string({ unit: fc.constantFrom('a', '水', '🙂', '\ud800', '\u0000', '"') }),
    signature: fc.option(fc.base64String()),
  }),
  fc.record({ kind: fc.constant('redacted-reasoning' as const), base64: fc.base64String() }),
);

t.test('what was sealed comes back to the letter, and fits into a header or a URL', async (t) => {
  fc.assert(
    fc.property(thought, (each) => {
      const sealed = sealThought(each);
      t.match(sealed, /^[\w-]+$/);
      t.same(openThought(sealed), each);
    }),
  );
});

t.test('one changed, missing or added character is found', async () => {
  fc.assert(
    fc.property(thought, fc.nat(), fc.constantFrom('A', 'B', '-', '=', ' ', ''), (each, at, character) => {
      const sealed = sealThought(each);
      const index = at % sealed.length;
      const damaged = sealed.slice(0, index) + character + sealed.slice(index + 1);
      return damaged === sealed || openThought(damaged) === null;
    }),
    { numRuns: 2_000 },
  );
});

t.test('foreign strings are no thought', async () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => openThought(text) === null));
});

t.test('the layout is kept: strings that clients have must go on opening', async (t) => {
  const sealed = 'ATwEoOJ7InQiOiJobSIsInMiOiJzaWcifQ';
  t.same(openThought(sealed), { kind: 'reasoning', text: 'hm', signature: 'sig' });
});
