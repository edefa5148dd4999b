import fc from 'fast-check';
import t from 'tap';
import { findTextFault, head, storableText } from '../../src/lib/text.ts';

t.test('a fault in a body is named by its path', async (t) => {
  t.same(findTextFault({ messages: [{ role: 'user', content: 'a\0b' }] }), {
    path: 'messages[0].content',
    problem: 'nul',
  });
  t.same(findTextFault({ name: '\ud800' }), { path: 'name', problem: 'lone_surrogate' });
  t.same(findTextFault({ a: { 'x\0': 1 } }), { path: 'a', problem: 'nul' });
  t.same(findTextFault('\udc00'), { path: '', problem: 'lone_surrogate' });
  t.equal(findTextFault({ ok: ['é', '😀', null, 1, true], '': {} }), undefined);
  t.equal(findTextFault(undefined), undefined);
});

t.test('a body of any depth is judged without overflowing the stack', async (t) => {
  let body: unknown = 'leaf';
  for (let depth = 0; depth < 200_000; depth += 1) body = [body];
  t.match(findTextFault(body), { problem: 'too_deep' });
});

t.test('storable text is well formed, without NUL, and otherwise unchanged', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const stored = storableText(text);
      const isClean = text.isWellFormed() && !text.includes('\0');
      return stored.isWellFormed() && !stored.includes('\0') && (!isClean || stored === text);
    }),
  );
});

t.test('the head of a text never ends in half a character', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, length) => {
      const cut = head(text, length);
      return cut.length <= length && text.startsWith(cut) && cut.isWellFormed();
    }),
  );
});
