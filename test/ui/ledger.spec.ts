// Receipts and the ledger in the console.
import { settled, signIn } from './console-page.ts';
import { consoleTest } from './console-test.ts';
import { SECRETS } from './mock-gateway.ts';

consoleTest(
  'a receipt shows lines, fee, corrections and who paid, and leads to its ledger entries',
  async (t, { gateway, page, faults }) => {
    await signIn(page, gateway.url, SECRETS.admin, '/all/exchanges?open=7');
    const receipt = page.getByRole('region', { name: 'Receipt' });
    await receipt.getByText('Fee after corrections').waitFor();
    const text = ((await receipt.textContent()) ?? '').replace(/\s+/g, ' ');
    t.match(text, /204 Fresh input.*\$0\.25.*\$0\.000051/);
    t.match(text, /512 Cache read.*96 Cache write, 5 min.*264 Output tokens/);
    t.notMatch(text, 'Cache write, 1 h', 'lines of nothing are left out');
    t.match(text, /Fee ?\$0\.0004238000/);
    t.match(text, /Refund: The answer was cut by mistake.*Mira Lindqvist.*−\$0\.0001/);
    t.match(text, /Fee after corrections ?\$0\.0003238000/);
    t.match(text, /From the quota ?\$0\.0003238/);
    t.match(text, /Released after it ?\$0\.0098192/);
    t.match(text, /Saved by the cache ?\$0\.0001092/);
    t.match(text, /Served · us-east-1/);
    t.match(text, /5f1c1c0e-7d0e-4f43-9f5e-2d6f1f0f6a11/);
    await receipt.getByRole('link', { name: 'Ledger entries' }).click();
    await page.getByRole('heading', { name: 'Ledger', level: 1 }).waitFor();
    await settled(page);
    t.match(page.url(), /\/all\/ledger\?exchange=018f3f3e-0000-7000-8000-000000000007$/);
    await page.getByRole('button', { name: 'One exchange only' }).click();
    await page.getByRole('link', { name: 'Exchange 28' }).waitFor();
    t.same(faults, []);
  },
);

consoleTest(
  'the ledger is narrowed by kind and day, and so is its file',
  async (t, { gateway, page, faults }) => {
    await signIn(page, gateway.url, SECRETS.admin, '/all/ledger');
    await settled(page);
    await page.getByLabel(/^Kind: /).click();
    await page.getByRole('option', { name: 'Refund' }).click();
    await page.getByLabel('From day').fill('2026-11-03');
    await page.getByLabel('From day').blur();
    await page.waitForURL(/kind=refund&from=2026-11-03/);
    await settled(page);
    const kinds = await page.getByRole('row').filter({ hasText: 'Exchange' }).allTextContents();
    t.ok(kinds.length > 0 && kinds.every((row) => row.includes('Refund')));
    const file = new URL(
      (await page.getByRole('link', { name: 'Download CSV' }).getAttribute('href')) ?? '',
      gateway.url,
    );
    t.equal(file.pathname, '/admin/ledger');
    t.match(Object.fromEntries(file.searchParams), {
      format: 'csv',
      kind: 'refund',
      from: /^2026-11-0[234]T/,
    });
    t.equal(file.searchParams.get('limit'), null);
    t.same(faults, []);
  },
);

consoleTest('a user has a ledger of their own, in Chinese as well', async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.user, '/ledger');
  await settled(page);
  t.equal(await page.getByRole('columnheader', { name: 'Key', exact: true }).count(), 0);
  t.match(
    await page.getByRole('link', { name: 'Download CSV' }).getAttribute('href'),
    /^\/user\/ledger\?format=csv$/,
  );
  t.equal(await page.getByRole('link', { name: 'Ledger', exact: true }).count(), 0, 'not that of all keys');
  t.same(faults, []);
});
