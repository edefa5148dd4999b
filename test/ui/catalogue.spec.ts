// An administrator's work with models and prices.
import t from 'tap';
import {
  checkPriceForm,
  emptyBand,
  emptyPriceForm,
  priceFormOf,
  toSetBody,
} from '../../ui/src/modules/prices/price-form.ts';
import { settled, signIn } from './console-page.ts';
import { consoleTest } from './console-test.ts';
import { SECRETS } from './mock-gateway.ts';

t.test('a price form asks for what the gateway needs, band by band', async (t) => {
  t.same(checkPriceForm(emptyPriceForm()), {
    base_id: 'form.required',
    'bands.0.input': 'form.required',
    'bands.0.output': 'form.required',
  });
  const band = { ...emptyBand(), input: '1', output: '$2.5' };
  const form = { ...emptyPriceForm(), base_id: 'a', bands: [band, { ...band, cache_read: '-1' }] };
  t.same(checkPriceForm(form), {
    'bands.1.over_input_tokens': 'prices.bandWrong',
    'bands.1.cache_read': 'form.amount',
  });
  const good = { ...form, bands: [band, { ...band, over_input_tokens: '200000', image: '0.04' }] };
  t.same(checkPriceForm(good), {});
  const { bands, ...rest } = toSetBody(good);
  t.same(rest, { base_id: 'a', scope: 'in-region', tier: 'standard', source: '' });
  t.match(bands[1], { over_input_tokens: 200_000, output: '2.5', image: '0.04', cache_read: null });
});

t.test('a list in a form is the list again, to the last digit', async (t) => {
  const amounts = { cache_read: '0.0110000000', cache_write_5m: null, cache_write_1h: null };
  const list = {
    ...{ base_id: 'a', scope: 'us', tier: 'flex', source: 's', valid_from: '2026-01-01T00:00:00.000Z' },
    ...{ state: 'past' as const, actor: 'seed', created_at: '2026-01-01T00:00:00.000Z' },
    bands: [
      {
        ...{ over_input_tokens: 0, input: '1234.5678901234', output: '0.0000000001' },
        ...{ ...amounts, image: null, embedding: null },
      },
    ],
  };
  t.match(toSetBody(priceFormOf(list)), {
    base_id: 'a',
    tier: 'flex',
    bands: [{ input: '1234.5678901234', output: '0.0000000001', cache_read: '0.011', cache_write_5m: null }],
  });
});

consoleTest(
  'models are found, added, pointed elsewhere and removed',
  async (t, { gateway, page, faults }) => {
    await signIn(page, gateway.url, SECRETS.admin, '/models');
    await settled(page);
    const rows = page.getByRole('row');
    t.equal(await rows.filter({ hasText: 'No price: refused' }).count(), 1);
    await page
      .getByRole('row', { name: /claude-3-sonnet/ })
      .getByRole('button', { name: 'Point elsewhere' })
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Point elsewhere' }).click();
    await dialog.getByText('This is needed').waitFor();
    await dialog.getByLabel('Leads to').click();
    await page.getByRole('option', { name: 'claude-haiku' }).click();
    await dialog.getByRole('button', { name: 'Point elsewhere' }).click();
    await page
      .getByRole('row', { name: /claude-3-sonnet/ })
      .getByText('us.anthropic.claude-haiku-5-5')
      .waitFor();

    await page.getByRole('button', { name: 'Add model' }).click();
    await dialog.getByLabel('Name', { exact: true }).fill('llama3-8b');
    await dialog.getByLabel('Target').fill('some.model');
    await dialog.getByLabel('Base model').fill('some.model');
    await dialog.getByLabel('Vendor').fill('some');
    await dialog.getByRole('button', { name: 'Add model' }).click();
    await dialog.getByText('name: another model has this name').waitFor();
    await dialog.getByLabel('Name', { exact: true }).fill('house');
    await dialog.getByRole('switch', { name: 'Free' }).click();
    await dialog.getByRole('button', { name: 'Add model' }).click();
    await page.getByText('1–7 of 7').waitFor();
    await page.getByRole('row', { name: /house/ }).getByText('Free').waitFor();
    await page.getByRole('button', { name: 'Actions for house' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('1–6 of 6').waitFor();
    t.same(faults, []);
  },
);

consoleTest(
  'prices are set, imported with their differences shown, and removed',
  async (t, { gateway, page, faults }) => {
    await signIn(page, gateway.url, SECRETS.admin, '/prices');
    await settled(page);
    const actions = (index: number) =>
      page.getByRole('button', { name: 'Actions for anthropic.claude-haiku-5-5 us' }).nth(index);
    await actions(1).click();
    t.equal(await page.getByRole('menuitem', { name: 'Remove' }).count(), 0, 'what is in force stays');
    await page.getByRole('menuitem', { name: 'New price' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Input', { exact: true }).first().fill('0.0000000001x');
    await dialog.getByRole('button', { name: 'Set price' }).click();
    await dialog.getByText('Enter an amount such as').waitFor();
    await dialog.getByLabel('Input', { exact: true }).first().fill('0.77');
    await dialog.getByLabel('Valid from').fill('2025-01-01T00:00');
    await dialog.getByText('re-price it').waitFor();
    await dialog.getByRole('button', { name: 'Set price' }).click();
    await page.getByRole('cell', { name: /\$0\.77/ }).waitFor();

    await page.getByRole('button', { name: 'Import' }).click();
    const choose = (text: string) =>
      dialog
        .getByLabel('File')
        .setInputFiles({ name: 'prices.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await choose('{');
    await dialog.getByText('This file is not JSON.').waitFor();
    await choose('{"lists":1}');
    await dialog.getByText('lists.3.bands.0.input: must not be negative').waitFor();
    await choose('{"lists":[]}');
    await dialog.getByText('0 added, 1 changed, 3 the same').waitFor();
    await dialog.getByText('$9.00').first().waitFor();
    await dialog.getByRole('button', { name: 'Import' }).click();
    await page.getByText('Prices imported: 0 added, 1 changed').first().waitFor();

    await page.goto(`${gateway.url}/prices?state=future`);
    await actions(0).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No prices here').waitFor();
    t.same(faults, []);
  },
);

consoleTest(
  'a re-pricing is previewed, given a reason, and stays on record',
  async (t, { gateway, page, faults }) => {
    await signIn(
      page,
      gateway.url,
      SECRETS.admin,
      '/prices/reprice?base=anthropic.claude-haiku-5-5&scope=us',
    );
    await page.getByLabel('Until').fill('2020-01-01T00:00');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('a time that has a length').waitFor();
    await page.getByLabel('Until').fill('2098-01-01T00:00');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('Charged by an estimate, included: 4').waitFor();
    await page.getByRole('cell', { name: 'Support bot' }).waitFor();
    await page.getByRole('button', { name: 'Correct 311 charges' }).click();
    await page.getByText('This is needed').waitFor();
    await page.getByLabel('Reason').fill('wrong list');
    await page.getByLabel('Scope').fill('global');
    t.equal(
      await page.getByRole('button', { name: 'Correct 311 charges' }).count(),
      0,
      'another range, another preview',
    );
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByLabel('Reason').fill('wrong list');
    await page.getByRole('button', { name: 'Correct 311 charges' }).click();
    await page.getByText('311 charges were corrected').first().waitFor();
    await page.getByRole('cell', { name: '311 of 311' }).waitFor();
    t.same(faults, []);
  },
);
