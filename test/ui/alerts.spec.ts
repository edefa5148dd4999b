// Alerts and their channels in the console.
import t from 'tap';
import {
  channelFormOf,
  checkChannelForm,
  emptyChannelForm,
  readRecipients,
  toCreateBody,
  toUpdateBody,
} from '../../ui/src/modules/alerts/channel-form.ts';
import { readableStorage, seriousFindings, settled, signIn } from './console-page.ts';
import { consoleTest } from './console-test.ts';
import { makeChannels, NEW_CHANNEL_SECRET } from './mock-alerts.ts';
import { SECRETS } from './mock-gateway.ts';

t.test('a channel form asks for what its kind needs', async (t) => {
  const form = { ...emptyChannelForm(), name: 'x' };
  t.same(checkChannelForm(form, true), { url: 'form.required' });
  t.same(checkChannelForm(form, false), {}, 'an address that is left empty stays');
  t.same(checkChannelForm({ ...form, url: 'hooks.slack.com/x' }, true), { url: 'form.url' });
  t.same(checkChannelForm({ ...form, url: 'https://h/x' }, true), {});
  t.same(checkChannelForm({ ...form, kind: 'email' }, true), { recipients: 'form.required' });
  t.same(checkChannelForm({ ...form, kind: 'email', notifies_owner: true }, true), {});
  t.same(checkChannelForm({ ...form, kind: 'email', recipients: 'a@b.c\nnobody' }, true), {
    recipients: 'form.emails',
  });
  t.same(readRecipients(' a@b.c, d@e.f;\n\n g@h.i'), ['a@b.c', 'd@e.f', 'g@h.i']);
});

t.test('only what is typed is sent: an empty address or secret changes nothing', async (t) => {
  const [mail, , webhook] = makeChannels();
  if (mail === undefined || webhook === undefined) throw new Error('the mock has them');
  t.equal(toUpdateBody(channelFormOf(webhook), webhook), null);
  t.same(toUpdateBody({ ...channelFormOf(webhook), url: ' https://h/x ' }, webhook), {
    id: 1,
    url: 'https://h/x',
  });
  t.equal(toUpdateBody(channelFormOf(mail), mail), null);
  t.same(toUpdateBody({ ...channelFormOf(mail), recipients: 'a@b.c' }, mail), {
    id: 3,
    recipients: ['a@b.c'],
  });
  const feishu = { ...webhook, kind: 'feishu' } as const;
  t.same(toUpdateBody({ ...channelFormOf(feishu), isUnsigned: true, secret: 'x' }, feishu), {
    id: 1,
    secret: '',
  });
  t.same(toCreateBody({ ...emptyChannelForm(), name: ' x ', url: 'https://h', secret: 's', kind: 'slack' }), {
    name: 'x',
    kind: 'slack',
    url: 'https://h',
  });
});

consoleTest(
  'alerts say how they fared, and can be narrowed to those that failed',
  async (t, { gateway, page, faults }) => {
    await signIn(page, gateway.url, SECRETS.admin, '/alerts');
    await settled(page);
    t.equal(await page.getByRole('row').count(), 5);
    await page.getByText('Failed, 8 tries').waitFor();
    await page.getByText('No channel').waitFor();
    await page.getByRole('button', { name: 'Delivery: Any delivery' }).click();
    await page.getByRole('option', { name: 'Failed' }).click();
    await page.getByText('1–2 of 2').waitFor();
    t.equal(new URL(page.url()).searchParams.get('state'), 'failed');
    await page.goto(`${gateway.url}/alerts?q=support`);
    await page.getByText('1–1 of 1').waitFor();
    await page
      .getByTitle('At this pace it will be $28.35511875 at the end of the month', { exact: false })
      .waitFor();
    t.same(faults, []);
  },
);

consoleTest(
  'a channel is added, tested, edited and deleted; its secret is shown once',
  async (t, { gateway, page, faults }) => {
    await signIn(page, gateway.url, SECRETS.admin, '/alerts?tab=channels');
    await settled(page);
    await page.getByRole('button', { name: 'Add channel' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Grafana');
    await page.keyboard.press('Enter');
    await dialog.getByText('This is needed').waitFor();
    t.same(await seriousFindings(page), []);
    await dialog.getByLabel('URL').fill('https://grafana.example.com/hooks/1');
    await page.keyboard.press('Enter');
    await page.getByTestId('secret').waitFor();
    t.equal(await page.getByTestId('secret').textContent(), NEW_CHANNEL_SECRET);
    t.notMatch(await readableStorage(page), /whsec_/);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByText('1–4 of 4').waitFor();

    await page.getByRole('button', { name: 'Send test to Grafana' }).click();
    await page.getByText('The test message arrived at “Grafana”').first().waitFor();
    await page.getByRole('button', { name: 'Send test to ops in Slack' }).click();
    await page.getByText('HTTP 404').first().waitFor();

    const act = async (name: string, item: string) => {
      await page.getByRole('button', { name: `Actions for ${name}` }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await act('Grafana', 'Edit');
    t.equal(await dialog.getByLabel('URL').inputValue(), '', 'the address is not in the form');
    await dialog.getByLabel('Name').fill('Dashboards');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('cell', { name: /^Dashboards/ }).waitFor();
    await act('Dashboards', 'Delete');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('1–3 of 3').waitFor();
    t.same(faults, []);
  },
);
