// Every page of the console, looked at.
import type { Page } from 'playwright-core';
import type { Test } from 'tap';
import { openPage, overflows, seriousFindings, settled, signIn } from './console-page.ts';
import { consoleTest, DESKTOP, PHONE } from './console-test.ts';
import { SECRETS } from './mock-gateway.ts';

const PAGES = [
  '/',
  '/sessions/23',
  '/exchanges',
  '/exchanges?open=7',
  '/overview',
  '/keys',
  '/keys/1',
  '/sessions',
  '/keys?create=user',
  '/payments',
  '/all/ledger',
  '/keys/3?tab=budgets',
  '/keys/3?tab=payments',
  '/audit-log',
  '/models',
  '/prices',
  '/prices/reprice?base=anthropic.claude-haiku-5-5&scope=us',
  '/alerts',
  '/alerts?tab=channels',
  '/reconciliation',
  '/reconciliation?tab=proposals',
  '/reconciliation?tab=imports',
  '/nowhere',
];
/** Made of the same components: looked at for what differs, their width and their faults. */
const SIMILAR_PAGES = [
  '/sessions?q=matches-nothing',
  '/keys/1?tab=sessions',
  '/all/sessions',
  '/ledger?kind=usage',
  '/all/exchanges',
];

consoleTest(
  'every page is accessible, whole and quiet, in light on a desk and in dark on a phone',
  async (t, { browser, gateway }) => {
    const half = Math.ceil(PAGES.length / 2);
    const walk = async (paths: readonly string[]) => {
      const { page, faults, close } = await openPage(browser, gateway.url);
      await signIn(page, gateway.url, SECRETS.admin);
      for (const path of paths) await look(t, page, gateway.url + path);
      t.same(faults, [], 'nothing blocked by the policy, fetched from elsewhere, or said in the console');
      await close();
    };
    await Promise.all([walk(PAGES.slice(0, half)), walk(PAGES.slice(half))]);
  },
);

consoleTest('pages made of the same parts are whole and quiet too', async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.admin);
  for (const path of SIMILAR_PAGES) {
    await page.setViewportSize(DESKTOP);
    await page.goto(gateway.url + path);
    await settled(page);
    t.equal(await overflows(page), false, `${path} fits a desk`);
    await page.setViewportSize(PHONE);
    t.equal(await overflows(page), false, `${path} fits a phone`);
  }
  t.same(faults, []);
});

async function look(t: Test, page: Page, address: string) {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(DESKTOP);
  await page.goto(address);
  await settled(page);
  t.same(await seriousFindings(page), [], `${address} in light`);
  t.equal(await overflows(page), false, `${address} fits a desk`);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize(PHONE);
  await settled(page);
  t.same(await seriousFindings(page), [], `${address} in dark, on a phone`);
  t.equal(await overflows(page), false, `${address} fits a phone`);
}

consoleTest(
  'on a phone the rooms are in a drawer',
  async (t, { gateway, page, faults }) => {
    await signIn(page, gateway.url, SECRETS.admin);
    await page.getByRole('button', { name: 'Open navigation' }).click();
    await settled(page);
    t.same(await seriousFindings(page), []);
    await page.getByRole('dialog').getByRole('link', { name: 'Keys', exact: true }).click();
    await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    t.same(faults, []);
  },
  { viewport: PHONE },
);
