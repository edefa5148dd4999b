import t from 'tap';
import { toNativeSchema } from '../../../src/wire/bedrock/native-schema.ts';

const text = { type: 'string' };

t.test('an object of any members is no matter for a grammar, wherever it stands', async (t) => {
  for (const free of [{ type: 'object' }, { type: 'object', properties: {} }, { type: ['object', 'null'] }]) {
    t.equal(toNativeSchema(free), undefined, JSON.stringify(free));
    const holder = { type: 'object', properties: { extra: free } };
    t.equal(toNativeSchema(holder), undefined, `within: ${JSON.stringify(free)}`);
    t.equal(toNativeSchema({ type: 'array', items: free }), undefined, `in a list: ${JSON.stringify(free)}`);
  }
});

t.test('an object that its client closed may be empty', async (t) => {
  const empty = { type: 'object', properties: {}, additionalProperties: false };
  t.same(toNativeSchema(empty), empty);
});

t.test('an object that may be null is closed like any other', async (t) => {
  t.same(toNativeSchema({ type: ['object', 'null'], properties: { a: text } }), {
    type: ['object', 'null'],
    properties: { a: text },
    additionalProperties: false,
  });
  const open = { type: ['object', 'null'], properties: { a: text }, additionalProperties: true };
  t.equal(toNativeSchema(open), undefined);
});
