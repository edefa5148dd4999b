// Rules of keys, groups and imports in the console: the pure parts, then an administrator's work.
import t from 'tap';
import { readLinesOrNull } from '../../ui/src/format/lines.ts';
import { fromLocalInput, toLocalInput } from '../../ui/src/format/local-time.ts';
import { readFraction, readWhole } from '../../ui/src/format/numbers.ts';
import { groupFormOf, toCreateBody, toUpdateBody } from '../../ui/src/modules/groups/group-form.ts';
import { reportAsCsv } from '../../ui/src/modules/keys/import-file.ts';
import {
  changedSettings,
  checkKeyRules,
  fieldOf,
  keyRulesOf,
  noKeyRules,
  toKeySettings,
} from '../../ui/src/modules/keys/key-rules.ts';
import { overflows, readableStorage, seriousFindings, settled, signIn } from './console-page.ts';
import { consoleTest, PHONE } from './console-test.ts';
import { makeGroups, makeKeys } from './mock-data.ts';
import { SECRETS } from './mock-gateway.ts';
import { NEW_SECRET } from './mock-routes.ts';

t.test('rules that nobody touched are not sent, whatever their form shows', async (t) => {
  for (const row of makeKeys()) {
    const before = keyRulesOf(row);
    t.same(checkKeyRules(before), {});
    t.same(changedSettings(before, keyRulesOf(row)), {});
    const more = { ...before, allowed_models: `${before.allowed_models}\nnew`, default_top_p: '0.5' };
    t.same(Object.keys(changedSettings(more, before)).sort(), ['allowed_models', 'defaults']);
  }
  t.same(changedSettings(noKeyRules(), noKeyRules()), {});
  for (const row of makeGroups()) t.equal(toUpdateBody(groupFormOf(row), row), null);
});

t.test('what is typed is read as it is meant, and what cannot be read is named', async (t) => {
  t.same(readLinesOrNull(' a \n\nb,c,\n'), ['a', 'b', 'c']);
  t.equal(readLinesOrNull(' \n,'), null);
  for (const bad of ['0', '-1', '1.5', 'x', '1e3', '2147483648']) t.equal(readWhole(bad), undefined, bad);
  t.equal(readWhole(' 5 '), 5);
  t.equal(readWhole(' '), null);
  t.equal(readFraction('0', 1), 0, 'zero is a value');
  for (const bad of ['1.1', '-0.1', 'x', '1.']) t.equal(readFraction(bad, 1), undefined, bad);
  const moment = '2030-06-01T10:20:00.000Z';
  t.equal(fromLocalInput(toLocalInput(moment)), moment);
  t.equal(fromLocalInput('soon'), undefined);
  const wrong = { ...noKeyRules(), tokens_per_minute: '0', default_temperature: '3', expires_at: 'x' };
  t.same(Object.keys(checkKeyRules(wrong)).sort(), [
    'default_temperature',
    'expires_at',
    'tokens_per_minute',
  ]);
  t.same(toKeySettings({ ...noKeyRules(), default_temperature: '0' }).defaults, { temperature: 0 });
  t.equal(fieldOf('allowed_cidrs.0'), 'allowed_cidrs');
  t.equal(fieldOf('defaults.top_p'), 'default_top_p');
  t.equal(toCreateBody(groupFormOf(undefined)).allowed_models, null);
});

t.test('the report that is downloaded is CSV, and no formula', async (t) => {
  const line = { line: 2, status: 'created', id: 7, api_key: 'br-x', message: '' } as const;
  const report = {
    dry_run: false,
    created: 1,
    skipped: 0,
    failed: 0,
    lines: [{ ...line, name: '=cmd|"x",1' }],
  };
  t.equal(
    reportAsCsv(report),
    'line,status,id,name,api_key,message\r\n2,created,7,"\'=cmd|""x"",1",br-x,\r\n',
  );
});

consoleTest('a key gets rules, and its row and page show them', async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.admin, '/keys');
  await page
    .getByRole('row', { name: /Support bot/ })
    .getByText('Two secrets')
    .waitFor();
  await page
    .getByRole('row', { name: /Wei Zhang/ })
    .getByText('Expired')
    .waitFor();
  await page.getByRole('button', { name: 'Actions for nightly-batch' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Rules and limits').click();
  await dialog.getByLabel('Expires').fill('2099-01-31T12:00');
  await dialog.getByLabel('Addresses').fill('10.0.0.0/8\n2001:db8::1');
  await dialog.getByLabel('Requests per minute').fill('0');
  await dialog.getByRole('button', { name: 'Save changes' }).click();
  await dialog.getByText('Enter a whole number of at least 1').waitFor();
  await page.mouse.move(0, 0);
  await settled(page);
  t.same(await seriousFindings(page), []);
  await dialog.getByLabel('Requests per minute').fill('30');
  await dialog.getByLabel('Temperature').fill('0');
  await dialog.getByRole('button', { name: 'Save changes' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'nightly-batch' }).click();
  const rules = page.getByRole('region', { name: 'Rules and limits' });
  for (const text of ['10.0.0.0/8, 2001:db8::1', '30', 'temperature 0'])
    await rules.getByText(text, { exact: true }).waitFor();
  t.same(faults, []);
});

consoleTest('a rotation can leave the old secret some time', async (t, { gateway, page }) => {
  await signIn(page, gateway.url, SECRETS.admin, '/keys/3');
  await page.getByRole('button', { name: /^Actions for/ }).click();
  await page.getByRole('menuitem', { name: 'New secret' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('stops working at once, everywhere').waitFor();
  await dialog.getByLabel('The present secret stays good for').click();
  await page.getByRole('option', { name: '24 hours' }).click();
  await dialog.getByText('Until then both secrets work').waitFor();
  await dialog.getByRole('button', { name: 'New secret' }).click();
  t.equal(await page.getByTestId('secret').textContent(), NEW_SECRET);
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByText('Two secrets').waitFor();
});

consoleTest('groups are made, edited, filtered by and deleted', async (t, { gateway, page, faults }) => {
  await signIn(page, gateway.url, SECRETS.admin, '/groups');
  await settled(page);
  t.same(await seriousFindings(page), []);
  await page.getByRole('button', { name: 'Create group' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Team 7');
  await dialog.getByLabel('Models').fill('claude-*');
  await dialog.getByLabel('Parallel requests').fill('4');
  await dialog.getByRole('button', { name: 'Create group' }).click();
  const row = page.getByRole('row', { name: /Team 7/ });
  await row.getByText('Parallel requests: 4').waitFor();
  const act = async (item: string) => {
    await page.getByRole('button', { name: 'Actions for Team 7' }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await act('Edit');
  await dialog.getByLabel('Description').fill('of seven');
  await dialog.getByRole('button', { name: 'Save changes' }).click();
  await row.getByText('of seven').waitFor();
  await act('Delete');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await row.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: '2 keys of default' }).click();
  await page.waitForURL(/\/keys\?group=1/);
  await page.getByText('1–2 of 2').waitFor();
  t.same(faults, []);
});

consoleTest(
  'a file is checked, imported and reported on a phone, and its secrets leave with the dialog',
  async (t, { gateway, page, faults }) => {
    await signIn(page, gateway.url, SECRETS.admin, '/keys');
    await page.getByRole('button', { name: 'Import' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('CSV').fill('name,email\nfirst,\nbad,\nsecond,\n');
    await dialog.getByRole('button', { name: 'Check only' }).click();
    await dialog.getByText('2 lines are good, 1 are not').waitFor();
    await settled(page);
    t.equal(await overflows(page), false);
    t.same(await seriousFindings(page), []);
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await dialog.getByText('2 created, 0 skipped, 1 failed').waitFor();
    await dialog.getByText('role: must be one of').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Download report' }).click(),
    ]);
    t.equal(download.suggestedFilename(), 'brconnector-keys.csv');
    await dialog.getByRole('button', { name: 'I have stored it' }).click();
    await dialog.waitFor({ state: 'detached' });
    t.notMatch(await page.content(), NEW_SECRET);
    t.notMatch(await readableStorage(page), NEW_SECRET);
    t.same(faults, []);
  },
  { viewport: PHONE },
);
