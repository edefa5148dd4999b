// An administrator's work with keys.
import { readableStorage, settled, signIn } from './console-page.ts';
import { consoleTest } from './console-test.ts';
import { SECRETS } from './mock-gateway.ts';
import { NEW_SECRET } from './mock-routes.ts';

consoleTest('a new key shows its secret once, then nowhere', async (t, { gateway, page }) => {
  await signIn(page, gateway.url, SECRETS.admin, '/keys');
  await page.getByRole('button', { name: 'Create key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Create key' }).click();
  await dialog.getByText('This is needed').waitFor();
  await dialog.getByLabel('Name').fill('Night shift');
  await dialog.getByLabel('E-mail').fill('refused@example.com');
  await page.keyboard.press('Enter');
  await dialog.getByText('email: not accepted here').waitFor();
  await dialog.getByLabel('E-mail').fill('night@example.com');
  await dialog.getByLabel('Monthly quota').fill('$1,000.50');
  await page.keyboard.press('Enter');
  const secret = page.getByTestId('secret');
  await secret.waitFor();
  t.equal(await secret.textContent(), NEW_SECRET);
  await page.keyboard.press('Escape');
  t.equal(await secret.isVisible(), true, 'no key press loses it');
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await secret.waitFor({ state: 'detached' });
  await page
    .getByRole('row', { name: /Night shift/ })
    .getByText('$1,000.50')
    .waitFor();
  t.notMatch(await page.content(), NEW_SECRET);
  t.notMatch(await readableStorage(page), NEW_SECRET);
});

consoleTest(
  'a recharge pays once however often it is pressed, and shows at once',
  async (t, { gateway, page }) => {
    await signIn(page, gateway.url, SECRETS.admin, '/keys/2');
    await page.getByRole('button', { name: 'Recharge', exact: true }).click();
    await page.getByRole('dialog').getByLabel('Amount, USD').fill('7.25');
    await Promise.all([page.keyboard.press('Enter'), page.keyboard.press('Enter')]);
    await page.getByText('New balance: $12.75').first().waitFor();
    t.equal(gateway.countRecharges(), 1);
    await page
      .getByRole('navigation', { name: 'About this key' })
      .getByRole('link', { name: 'Payments' })
      .click();
    await page.getByRole('cell', { name: /\$7\.25/ }).waitFor();
  },
);

consoleTest(
  'keys are searched, sorted, edited, rotated and deleted',
  async (t, { gateway, page, faults }) => {
    await signIn(page, gateway.url, SECRETS.admin, '/keys');
    await settled(page);
    await page.keyboard.press('/');
    await page.keyboard.type('mira');
    await page.getByText('1–1 of 1').waitFor();
    t.equal(new URL(page.url()).searchParams.get('q'), 'mira', 'a search has an address');
    await page.keyboard.press('Escape');
    await page.getByText('1–5 of 5').waitFor();
    await page.getByRole('button', { name: 'Name' }).click();
    await page.waitForURL(/sort=name-1/);
    t.equal(await page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort'), 'descending');

    const act = async (name: string, item: string) => {
      await page.getByRole('button', { name: `Actions for ${name}` }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await act('nightly-batch', 'Edit');
    await page.getByRole('dialog').getByLabel('Name').fill('hourly-batch');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('link', { name: 'hourly-batch' }).waitFor();
    await act('hourly-batch', 'New secret');
    await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click();
    t.equal(await page.getByTestId('secret').textContent(), NEW_SECRET);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await act('hourly-batch', 'Delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('1–4 of 4').waitFor();
    t.same(faults, []);
  },
);
