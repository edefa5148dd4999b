// The reconciliation page: a report to read, proposals to post, files to hand in.
import t from 'tap';
import { readRange } from '../../ui/src/modules/reconciliation/days.ts';
import { settled, signIn } from './console-page.ts';
import { consoleTest } from './console-test.ts';
import { SECRETS } from './mock-gateway.ts';

t.test('without days in the address the report shows the last week, in UTC', async (t) => {
  const now = new Date('2026-11-25T23:30:00-05:00');
  t.same(readRange(undefined, undefined, now), { from: '2026-11-20', to: '2026-11-26' });
  t.same(readRange(undefined, '2026-03-02', now), { from: '2026-02-24', to: '2026-03-02' });
  t.same(readRange('2026-01-01', 'x', now), { from: '2026-01-01', to: '2026-11-26' });
  t.same(readRange('2026-01-01', '2026-99-99', now), { from: '2026-01-01', to: '2026-99-99' });
});

consoleTest('a difference is shown with what may be behind it', async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.admin, '/reconciliation');
  await settled(page);
  const row = page.getByRole('row').filter({ hasText: '72,218' });
  t.match(await row.textContent(), /\+72,218[\s\S]*Differs/);
  t.match(await row.textContent(), /estimated charges/);
  t.match(await page.locator('#main').textContent(), /Tokens differ · 2/);
  await page.getByLabel('From').fill('2020-01-01');
  await page.getByText('Nothing in these days').waitFor();
  t.match(page.url(), /from=2020-01-01/);
  t.same(faults, []);
});

consoleTest('only chosen proposals are posted, after a question', async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.admin, '/reconciliation?tab=proposals');
  await settled(page);
  t.equal(await page.getByRole('button', { name: 'Select what to post' }).isDisabled(), true);
  await page.getByRole('checkbox', { name: 'Select proposal 3' }).click();
  await page.getByRole('button', { name: 'Post 1 selected' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Post', exact: true }).click();
  await page.getByText('1 posted, $0.1048608 in all').waitFor();
  await settled(page);
  t.equal(
    await page.getByRole('checkbox', { name: /^Select proposal/ }).count(),
    1,
    'the other is still open',
  );
  t.same(faults, []);
});

consoleTest('files are handed in and deleted, and a refusal is told', async (t, { gateway, page }) => {
  await signIn(page, gateway.url, SECRETS.admin, '/reconciliation?tab=imports');
  await settled(page);
  const file = (name: string) => ({ name, mimeType: 'application/gzip', buffer: Buffer.from('x') });
  await page.locator('input[type=file]').setInputFiles([file('b.json.gz'), file('a.json.gz')]);
  await page.getByText('b.json.gz: 1,198 of 1,204 rows kept').waitFor();
  await page.getByText('a.json.gz: 1,198 of 1,204 rows kept').waitFor();
  await page.locator('input[type=file]').setInputFiles(file('cut.json.gz'));
  await page.getByText('nothing was imported: the gzip file is damaged or cut off').waitFor();
  await page.getByRole('button', { name: 'Delete b.json.gz' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete import' }).click();
  await page.getByRole('button', { name: 'Delete b.json.gz' }).waitFor({ state: 'detached' });
  t.equal(
    await page.getByRole('button', { name: 'Delete older.json.gz' }).count(),
    0,
    'what led to postings stays',
  );
});
