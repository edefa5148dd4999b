// docs/errors.md against the code.
import t from 'tap';
import { Refusal, type RefusalKind } from '../../src/canonical/refusal.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../src/canonical/upstream-error.ts';
import { encodeError } from '../../src/wire/openai/encode-error.ts';
import { readDocument, tableRows } from './documents.ts';
import { errorCodes } from './error-codes.ts';

const { text } = readDocument('docs/errors.md');
const [, refusals = '', upstream = ''] = text.split(/^### /m);

t.test('every error code of the rooms is explained once, with its status', async (t) => {
  const inCode = new Set(errorCodes().map(({ code, status }) => `${code} ${status}`));
  const explained = tableRows(text, 'code').map(([code, status]) => `${code} ${status}`);
  t.same(explained.toSorted(), [...inCode].sort());
});

t.test('every refusal of ours is explained, with its status and code', async (t) => {
  // The words come from the very type.
  const kinds = kindsOf('src/canonical/refusal.ts', 'RefusalKind') as RefusalKind[];
  t.same(
    explainedIn(refusals),
    rowsOf(kinds, (kind) => new Refusal(kind, '')),
  );
});

t.test('every failure of the upstream is explained, with its status and code', async (t) => {
  const kinds = kindsOf('src/canonical/upstream-error.ts', 'UpstreamErrorKind') as UpstreamErrorKind[];
  t.same(
    explainedIn(upstream),
    rowsOf(kinds, (kind) => new UpstreamError({ kind, message: '' })),
  );
});

t.test('every error says what it means and what to do', async (t) => {
  const rows = [...tableRows(text, 'code'), ...tableRows(text, 'kind')];
  t.ok(rows.length > 50);
  for (const row of rows) for (const cell of row.slice(-2)) t.ok(cell.length > 5, row.join(' '));
});

function explainedIn(section: string): string[] {
  return tableRows(section, 'kind').map(([kind, status, code]) => `${kind} ${status} ${code}`);
}

function rowsOf<Kind extends string>(kinds: readonly Kind[], make: (kind: Kind) => Refusal | UpstreamError) {
  return kinds.map((kind) => {
    const { status, body } = encodeError(make(kind));
    return `${kind} ${status} ${body.error.code ?? ''}`;
  });
}

function kindsOf(path: string, type: string): string[] {
  const [, union = ''] = new RegExp(`export type ${type} =([^;]+);`).exec(readDocument(path).text) ?? [];
  return [...union.matchAll(/'(\w+)'/g)].map(([, kind = '']) => kind);
}
