import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { createKeyedHash } from '../../src/lib/keyed-hash.ts';

t.test("it is Node's HMAC, for keys and texts of any length", async () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.constantFrom('hex' as const, 'base64url' as const),
      (key, text, encoding) =>
        createKeyedHash(Buffer.from(key))(text, encoding) ===
        createHmac('sha256', key).update(text).digest(encoding),
    ),
    { numRuns: 500 },
  );
});
