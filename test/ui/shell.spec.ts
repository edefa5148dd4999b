// What surrounds every page: language, keyboard, failures.
import { seriousFindings, settled, signIn } from './console-page.ts';
import { consoleTest } from './console-test.ts';
import { SECRETS } from './mock-gateway.ts';

consoleTest('the language is switched at once and remembered', async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.user);
  await page.getByRole('button', { name: /^Your menu/ }).click();
  await page.getByRole('menuitemcheckbox', { name: '简体中文' }).click();
  await page.getByRole('heading', { name: '我的用量', level: 1 }).waitFor();
  t.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  await page.reload();
  await page.getByRole('heading', { name: '我的用量', level: 1 }).waitFor();
  t.same(faults, []);
});

consoleTest(
  'the theme is switched at once and stands before the first paint',
  async (t, { gateway, page }) => {
    await signIn(page, gateway.url, SECRETS.user);
    await page.getByRole('button', { name: /^Your menu/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Dark' }).click();
    await page.locator('html.dark').waitFor();
    await page.route('**/assets/*.js', (route) => route.abort());
    await page.reload();
    t.equal(await page.locator('html.dark').count(), 1, 'without a line of the application');
  },
);

consoleTest('a list that cannot be loaded says so and can be tried again', async (t, { gateway, page }) => {
  await signIn(page, gateway.url, SECRETS.admin);
  gateway.fail('/admin/payment/list');
  await page.getByRole('link', { name: 'Payments', exact: true }).click();
  await page.getByText('The gateway cannot serve this right now').waitFor();
  gateway.heal();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('1–9 of 9').waitFor();
  t.equal(await page.getByRole('alert').count(), 0);
});

consoleTest('the keyboard goes anywhere', async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.admin);
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Where to?').waitFor();
  await settled(page);
  t.same(await seriousFindings(page), []);
  await page.keyboard.type('paym');
  await page.getByRole('option', { name: 'Keys' }).waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Payments', level: 1 }).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  t.same(faults, []);
});
