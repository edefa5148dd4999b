// The proof that no provider is reached without an admission, by the compiler: each line below an `@ts-expect-error`
// must not compile, else this file does not.
import { readdir, readFile } from 'node:fs/promises';
import t from 'tap';
import type { Admission, UpstreamTarget } from '../../../src/canonical/admission.ts';
import type { Exchange } from '../../../src/plugins/chat-proxy/exchange.ts';
import type { PreparedChat, ProviderOptions } from '../../../src/providers/provider.ts';

declare const chat: PreparedChat;
declare const options: ProviderOptions;
declare const target: UpstreamTarget;
declare const exchange: Pick<Exchange, 'admission'>;

/** Never runs; it only has to compile. */
export function cannotBeWritten(): void {
  // @ts-expect-error a call without an admission
  void chat.complete({ target }, options);
  // @ts-expect-error the same of a stream
  void chat.stream({ target }, options);
  // @ts-expect-error what looks like one is none
  void chat.complete({ target, admission: { exchangeId: 'e', keyId: 1, targets: [target] } }, options);
  // @ts-expect-error nor does a plain object become one
  const forged: Admission = { exchangeId: 'e', keyId: 1, targets: [target] };
  void forged;
  // And what may be written is written so.
  void chat.complete({ target, admission: exchange.admission }, options);
}

const SOURCES = new URL(
  import.meta.url.includes('/build/') ? '../../../../src/' : '../../../src/',
  import.meta.url,
);

t.test('an admission is made in one place: nothing else makes one by a cast', async (t) => {
  const names = await readdir(SOURCES, { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts'));
  t.ok(files.length > 200, 'the sources are read');
  const casts =
    /\bas\s+(unknown\s+as\s+|any\s+as\s+)?(Admission\b|\{[^}]*admission:|Admitted\b)|satisfies Admission\b/;
  const makers = [];
  for (const name of files) if (casts.test(await readFile(new URL(name, SOURCES), 'utf8'))) makers.push(name);
  t.same(makers, ['plugins/chat-proxy/admission.ts']);
});
