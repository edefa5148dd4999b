// What the console writes on the screen, for values that are missing, odd or hostile as for good ones.
import t from 'tap';
import { formatLatency } from '../../ui/src/format/latency.ts';
import { messageParts } from '../../ui/src/format/message-parts.ts';
import {
  formatMoney,
  isPositive,
  moneyParts,
  percentOf,
  readAmount,
  remaining,
} from '../../ui/src/format/money.ts';
import { excerpt, headOf, prettyJson, visibleText } from '../../ui/src/format/text.ts';
import { formatTime, formatTimeFully } from '../../ui/src/format/time.ts';
import { formatTokens, freshTokens } from '../../ui/src/format/tokens.ts';
import { randomId } from '../../ui/src/format/uuid.ts';

const ODD = [null, undefined, Number.NaN, Number.POSITIVE_INFINITY, {}, [], '', 'NaN', '1e9', true];

t.test('money is shown to its last digit and never rounded', async (t) => {
  t.equal(formatMoney('20.0000000000'), '$20.00');
  t.equal(formatMoney('0.0000000001'), '$0.0000000001');
  t.equal(formatMoney('1234567.8900000000'), '$1,234,567.89');
  t.equal(formatMoney('-0.5000000000'), '−$0.50');
  t.equal(formatMoney('-0.0000000000'), '$0.00');
  t.equal(formatMoney('99999999999999999999.9999999999'), '$99,999,999,999,999,999,999.9999999999');
  t.equal(formatMoney('0.0000002500125'), '$0.0000002500125', 'a price per token may have more places');
});

t.test('the parts of an amount put together are the amount', async (t) => {
  for (const value of ['0.0000000000', '0.0042380000', '12.3456789012', '7.1000000000']) {
    const { cents, rest, zeros } = moneyParts(value);
    t.equal(cents + rest + zeros, `$${value}`);
  }
  t.same(moneyParts('0.0042380000'), { cents: '$0.00', rest: '4238', zeros: '0000' });
});

t.test('what is not a value is a dash, never zero and never an exception', async (t) => {
  for (const odd of ODD) {
    t.equal(formatMoney(odd), '–');
    t.equal(formatLatency(odd), '–');
    t.equal(formatTime(odd, { locale: 'en', now: new Date(0) }), '–');
    if (typeof odd !== 'number' || Number.isNaN(odd)) t.equal(formatTokens(odd), '–');
    t.equal(excerpt(odd).includes('[object'), false);
  }
  t.equal(formatLatency(-1), '–');
});

t.test('an amount is read as a person writes it, or refused', async (t) => {
  const good = {
    '25': '25',
    ' $1,250.50 ': '1250.50',
    '.5': '0.5',
    '0.0000000001': '0.0000000001',
    '7.': '7',
  };
  for (const [typed, sent] of Object.entries(good)) t.equal(readAmount(typed), sent, typed);
  const bad = ['', '.', '-1', '1e5', 'NaN', '1,2', '1.00000000001', '1234567890', '1 000', '٣', '1\u00002'];
  for (const typed of bad) t.equal(readAmount(typed), null, JSON.stringify(typed));
  t.equal(isPositive('0.0000000000'), false);
  t.equal(isPositive('0.0000000001'), true);
});

t.test('the use of a quota is a share, and the rest of it is exact', async (t) => {
  t.equal(percentOf('5.0000000000', '20.0000000000'), 25);
  t.equal(percentOf('30.0000000000', '20.0000000000'), 100, 'never more than the bar holds');
  t.equal(percentOf('0', '0.0000000000'), null, 'no quota, no share');
  t.equal(percentOf('x', '1'), null);
  t.equal(remaining('100.0000000000', '37.4218050001'), '62.5781949999');
  t.equal(remaining('1.0000000000', '1.5000000000'), '0.0000000000');
  t.equal(remaining(undefined, '1.0'), null);
});

t.test('tokens are grouped, and fresh input is what no cache had a part in', async (t) => {
  t.equal(formatTokens(0), '0');
  t.equal(formatTokens(1234567), '1,234,567');
  const counts = {
    tokens_in: 812,
    tokens_cache_read: 512,
    tokens_cache_write_5m: 96,
    tokens_cache_write_1h: 4,
  };
  t.equal(freshTokens(counts), 200);
  t.equal(freshTokens({ ...counts, tokens_in: 3 }), 0);
});

t.test('latencies keep the precision that means something', async (t) => {
  const shown = {
    0: '0 ms',
    840.4: '840 ms',
    1240: '1.24 s',
    9994: '9.99 s',
    12340: '12.3 s',
    125000: '2 min 05 s',
  };
  for (const [ms, text] of Object.entries(shown)) t.equal(formatLatency(Number(ms)), text);
  t.equal(formatLatency(59_996), '1 min 00 s', 'never 60.0 s');
});

t.test('times are short near now and say the year when it is another', async (t) => {
  const now = new Date('2024-11-23T18:00:00Z');
  const format = { locale: 'en', now, timeZone: 'UTC' };
  t.equal(formatTime('2024-11-23T07:05:09.000Z', format), '07:05:09');
  t.equal(formatTime('2024-11-03T07:05:09.000Z', format), 'Nov 3, 07:05');
  t.equal(formatTime('2023-01-02T07:05:09.000Z', format), 'Jan 2, 2023');
  t.match(formatTimeFully('2024-11-23T07:05:09.000Z', format), /Nov 23, 2024.*07:05:09.*UTC/);
  t.match(formatTime('2023-01-02T07:05:09.000Z', { ...format, locale: 'zh-CN' }), /2023年1月2日/);
});

t.test('control characters are seen, and none of them hides or reorders text', async (t) => {
  t.equal(visibleText('a\u0000b\u001bc'), 'a␀b␛c');
  t.equal(visibleText('safe\u202Egpj.exe'), 'safe\ufffdgpj.exe');
  t.equal(visibleText('lone \ud800 half'), 'lone \ufffd half');
  t.equal(visibleText('one\r\ntwo\rthree\tfour'), 'one\ntwo\nthree\tfour');
  t.equal(visibleText('👩‍👩‍👧 stays whole'), '👩‍👩‍👧 stays whole');
});

t.test('an excerpt is one line, short, and never cut inside a character', async (t) => {
  t.equal(excerpt('  one \n\n two  '), 'one two');
  t.equal(excerpt('x'.repeat(300), 10), `${'x'.repeat(9)}…`);
  const emoji = excerpt('😀'.repeat(300), 10);
  t.equal(emoji, `${'😀'.repeat(9)}…`);
  t.equal(excerpt('a'.repeat(50_000_000), 20).length, 20, 'a book is cut before it is read');
  t.same(headOf('ab😀cd', 3), { head: 'ab', rest: 4 });
  t.same(headOf('short', 10), { head: 'short', rest: 0 });
  t.equal(prettyJson('{"a":1}'), '{\n  "a": 1\n}');
  t.equal(prettyJson('not json'), 'not json');
});

t.test('fenced code is set apart and everything else stays as it was written', async (t) => {
  t.same(messageParts('Look:\n\n```ts\nlet a = 1;\n```\n\nDone.'), [
    { kind: 'text', text: 'Look:', language: '' },
    { kind: 'code', text: 'let a = 1;', language: 'ts' },
    { kind: 'text', text: 'Done.', language: '' },
  ]);
  t.same(messageParts('````md\n```\ninner\n```\n````'), [
    { kind: 'code', text: '```\ninner\n```', language: 'md' },
  ]);
  t.same(messageParts('~~~\nnever closed'), [{ kind: 'code', text: 'never closed', language: '' }]);
  t.same(messageParts('say `a` and ```b``` inline'), [
    { kind: 'text', text: 'say `a` and ```b``` inline', language: '' },
  ]);
  t.same(messageParts('<img src=x onerror=alert(1)>'), [
    { kind: 'text', text: '<img src=x onerror=alert(1)>', language: '' },
  ]);
  t.same(messageParts(''), []);
});

t.test('a random identifier is a version 4 UUID and not the same twice', async (t) => {
  const made = new Set(Array.from({ length: 50 }, randomId));
  t.equal(made.size, 50);
  for (const id of made) t.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
