import fc from 'fast-check';
import t from 'tap';
import { csvLine } from '../../src/lib/csv.ts';

t.test('cells are quoted where they must be, and nothing else', async (t) => {
  t.equal(csvLine(['a', 1, null, { figure: '-0.5' }]), 'a,1,,-0.5\r\n');
  t.equal(csvLine(['a,b', 'say "x"', 'two\nlines']), '"a,b","say ""x""","two\nlines"\r\n');
});

t.test('no text can begin a formula, and every text can be read back', async () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('', '=', '+', '-', '@', '\t', '\r'), (text, start) => {
      const written = csvLine([start + text]).slice(0, -2);
      const read = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written;
      if (/^[=+\-@\t\r]/.test(read)) return false;
      const isGuarded = /^[=+\-@\t\r]/.test(start + text);
      return read === (isGuarded ? `'${start}${text}` : start + text);
    }),
  );
});
