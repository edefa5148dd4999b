// Budgets, movements of money, the ledger's proof and the audit log in the console.
import { settled, signIn } from './console-page.ts';
import { consoleTest } from './console-test.ts';
import { SECRETS } from './mock-gateway.ts';

consoleTest('a budget is seen, set and removed', async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.admin, '/keys/3?tab=budgets');
  const budgets = page.getByRole('region', { name: 'Budgets' });
  await budgets.getByText('Per day').waitFor();
  t.match(await budgets.textContent(), /\$5\.00.*\$4\.312.*\$0\.045/s);
  await budgets.getByRole('button', { name: 'Set a budget' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Set a budget' }).click();
  await dialog.getByText('Enter an amount').waitFor();
  await dialog.getByRole('textbox').fill('100');
  await dialog.getByRole('button', { name: 'Set a budget' }).click();
  await budgets.getByText('Per billing month').waitFor();
  await budgets.getByRole('button', { name: 'Remove the budget: Per day' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await budgets.getByText('Per day').waitFor({ state: 'detached' });
  t.same(faults, []);
});

consoleTest('an adjustment needs an amount and a reason', async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.admin, '/keys/3?tab=payments');
  await page.getByRole('button', { name: 'Adjust' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').first().fill('5');
  await dialog.getByRole('button', { name: 'Adjust' }).click();
  await dialog.getByText('Say why').waitFor();
  await dialog.getByRole('textbox').last().fill('promised credit');
  await dialog.getByRole('button', { name: 'Adjust' }).click();
  await page.getByText('The balance is now $25.00').first().waitFor();
  t.same(faults, []);
});

consoleTest('an exchange is refunded from its receipt', async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.admin, '/all/exchanges?open=7');
  await page.getByRole('region', { name: 'Receipt' }).getByRole('button', { name: 'Refund' }).click();
  const dialog = page.getByRole('dialog', { name: 'Refund this exchange' });
  t.equal(await dialog.getByRole('textbox').first().inputValue(), '0.0003238', 'all that it still costs');
  await dialog.getByRole('textbox').last().fill('cut by mistake');
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await page.getByText('The refund is in the ledger').first().waitFor();
  t.same(faults, []);
});

consoleTest("the ledger's proof and the audit log are there", async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.admin, '/all/ledger');
  await page.getByText('The ledger adds up').waitFor();
  await page.goto(`${gateway.url}/audit-log`);
  await settled(page);
  const rows = await page.getByRole('row').allTextContents();
  t.match(rows.join('\n'), /key\.update[\s\S]*month_quota[\s\S]*20\.0000000000[\s\S]*50\.0000000000/);
  await page.getByRole('searchbox').fill('budget');
  await page.waitForURL(/q=budget/);
  await settled(page);
  t.equal(await page.getByText('key.update').count(), 0);
  t.same(faults, []);
});
