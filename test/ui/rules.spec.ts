// The console's decisions that need no browser: addresses, languages, forms, orders, live rows.
import t from 'tap';
import type { ThreadRow } from '../../src/plugins/threads/schemas.ts';
import { ariaSort, nextSort } from '../../ui/src/components/table.ts';
import { en } from '../../ui/src/i18n/en.ts';
import { chooseLanguage } from '../../ui/src/i18n/language.ts';
import { fill } from '../../ui/src/i18n/messages.ts';
import { zhCn } from '../../ui/src/i18n/zh-cn.ts';
import { readHost, safeReturnPath } from '../../ui/src/modules/auth/addresses.ts';
import {
  checkKeyForm,
  emptyKeyForm,
  keyFormOf,
  toApplyBody,
  toUpdateBody,
} from '../../ui/src/modules/keys/key-form.ts';
import { readKeySort } from '../../ui/src/modules/keys/key-list.ts';
import { baseUrl, SNIPPET_KINDS, snippet } from '../../ui/src/modules/keys/snippets.ts';
import { mergeThreads } from '../../ui/src/modules/threads/merge-threads.ts';
import { makeKeys, makeThread } from './mock-data.ts';
import { toRow } from './mock-routes.ts';

t.test('signing in never leads to another site', async (t) => {
  for (const path of ['/keys', '/keys?page=2', '/sessions/7#x']) t.equal(safeReturnPath(path), path);
  const hostile = [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/\t/evil.example',
    'keys',
    '',
    null,
    ['/keys'],
  ];
  for (const path of hostile) t.equal(safeReturnPath(path), '/', JSON.stringify(path));
  t.equal(safeReturnPath('/sign-in?to=/sign-in'), '/', 'nor round in a circle');
});

t.test('a host is read with and without a scheme, and nothing but a web server is one', async (t) => {
  t.equal(readHost('gateway.example', 'https:'), 'https://gateway.example');
  t.equal(readHost(' http://10.0.0.5:8866/ ', 'https:'), 'http://10.0.0.5:8866');
  t.equal(readHost('localhost:8866', 'http:'), 'http://localhost:8866');
  for (const typed of [
    '',
    '   ',
    'javascript://alert(1)',
    'file:///etc/passwd',
    'http://user:pw@host',
    'http://',
    'a b',
  ]) {
    t.equal(readHost(typed, 'https:'), null, typed);
  }
});

t.test(
  'the language is the remembered one, else the first that the reader prefers and we speak',
  async (t) => {
    t.equal(chooseLanguage('zh-CN', ['en']), 'zh-CN');
    t.equal(chooseLanguage(null, ['fr', 'zh-TW', 'en']), 'zh-CN');
    t.equal(chooseLanguage('klingon', ['en-GB', 'zh']), 'en');
    t.equal(chooseLanguage(null, []), 'en');
  },
);

t.test('both languages fill in the same values in every text', async (t) => {
  const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
  const chinese: Record<string, string> = zhCn;
  for (const [key, text] of Object.entries(en)) t.same(names(chinese[key] ?? ''), names(text), key);
  t.same(Object.keys(chinese), Object.keys(en), 'and hold the same texts in the same order');
  t.equal(fill('{a} of {b}', { a: 1 }), '1 of {b}', 'a value that is missing shows');
});

t.test('a key form asks for what the gateway needs', async (t) => {
  t.same(checkKeyForm(emptyKeyForm()), { name: 'form.required' });
  t.same(checkKeyForm({ ...emptyKeyForm(), name: 'a', month_quota: '-1', balance: 'x' }), {
    month_quota: 'form.amount',
    balance: 'form.amount',
  });
  t.same(toApplyBody({ ...emptyKeyForm('admin'), name: ' Mira ', month_quota: '$1,000', balance: '' }), {
    name: 'Mira',
    email: '',
    role: 'admin',
    group_id: 0,
    month_quota: '1000',
    balance: '0',
  });
});

t.test('an edit sends only what was changed', async (t) => {
  const [row] = makeKeys();
  if (!row) throw new Error('the mock has keys');
  const form = keyFormOf(row);
  t.equal(toUpdateBody(form, row), null, 'nothing changed, nothing sent');
  t.same(toUpdateBody({ ...form, month_quota: '0.05', status: 'disabled' }, row), {
    id: row.id,
    month_quota: '0.05',
    status: 'disabled',
  });
});

t.test('pressing a column head goes down, up, and back to the usual order', async (t) => {
  t.equal(nextSort(undefined, 'month'), 'month-1');
  t.equal(nextSort('month-1', 'month'), 'month-0');
  t.equal(nextSort('month-0', 'month'), undefined);
  t.equal(nextSort('name-0', 'month'), 'month-1');
  t.equal(ariaSort('month-1', 'month'), 'descending');
  t.equal(ariaSort('month-1', 'name'), 'none');
  t.equal(readKeySort('balance-1'), 'balance-1');
  t.equal(readKeySort('secret-1'), undefined, 'an order that does not exist is not asked for');
});

t.test('the lines to paste name this gateway and no secret', async (t) => {
  for (const kind of SNIPPET_KINDS) {
    const text = snippet(kind, 'https://gateway.example');
    t.match(text, baseUrl(kind, 'https://gateway.example'));
    t.notMatch(text, /br-/);
  }
  t.equal(baseUrl('python', 'https://gateway.example'), 'https://gateway.example/v1');
  for (const kind of ['anthropic', 'claude-code'] as const)
    t.notMatch(snippet(kind, 'https://gateway.example'), '/v1', 'these add it themselves');
});

const PAGE = { limit: 3, offset: 0 };
const rows = (...ids: number[]): ThreadRow[] => ids.map((id) => ({ ...toRow(makeThread(id)), key_id: 1 }));
const list = (...ids: number[]) => ({ items: rows(...ids), total: '10', limit: 3, offset: 0 });

t.test('finished exchanges enter a list once, newest first, and push out the oldest', async (t) => {
  const merged = mergeThreads(list(3, 2, 1), rows(5, 4, 5, 3), { params: PAGE, keyId: undefined });
  t.same(
    merged?.items.map(({ id }) => id),
    [5, 4, 3],
  );
  t.equal(merged?.total, '12');
});

t.test("a list of one key does not take another key's exchange", async (t) => {
  const before = list(3, 2, 1);
  t.equal(mergeThreads(before, rows(9), { params: PAGE, keyId: 2 }), before);
  t.equal(mergeThreads(before, rows(2), { params: PAGE, keyId: 1 }), before, 'nor one it has');
});

t.test('a searched list, a later page and a conversation ask the gateway instead of guessing', async (t) => {
  const guess = (params: object) =>
    mergeThreads(list(3, 2, 1), rows(9), { params: { ...PAGE, ...params }, keyId: 1 });
  t.equal(guess({ q: 'word' }), null);
  t.equal(guess({ offset: 3 }), null);
  t.equal(guess({ session_id: rows(9)[0]?.session_id ?? 0 }), null);
  t.not(guess({ session_id: 999 }), null, 'but not about an exchange of another conversation');
});
