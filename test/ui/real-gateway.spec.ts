// The whole house at once: a person pastes a key, an OpenAI SDK streams, and the exchange with its exact fee appears
// in the console, live.
import OpenAI from 'openai';
import t from 'tap';
import { launchBrowser } from '../helpers/browser.ts';
import { startTestGateway } from '../helpers/gateway.ts';
import { openPage, readableStorage, settled, signIn } from './console-page.ts';
import { findPublicDir, PHONE } from './console-test.ts';

const USAGE = { inputTokens: 1234, outputTokens: 567, totalTokens: 1801 };
/** 1234 x 3 + 567 x 15 USD per million. */
const FEE = '$0.0122070000';

const browser = await launchBrowser();

t.test(
  'an exchange of the OpenAI SDK is on record in the console, with its tokens and its exact fee',
  'missing' in browser ? { skip: browser.missing } : {},
  async (t) => {
    if ('missing' in browser) return;
    t.teardown(() => browser.close());
    const gateway = await startTestGateway(t, { consoleFolder: findPublicDir() });
    const admin = await gateway.createKey({ name: 'Ada', role: 'admin' });
    const user = await gateway.createKey({ name: 'Uma', month_quota: '5' });
    gateway.simulator.script({ behaviour: { kind: 'answer', text: 'A gate stands open.', usage: USAGE } });

    const desktop = await openPage(browser, gateway.url);
    await signIn(desktop.page, gateway.url, user.secret, '/exchanges');
    await settled(desktop.page);
    await desktop.page.getByRole('complementary').getByText('Live', { exact: true }).waitFor();

    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: user.secret, maxRetries: 0 });
    const stream = client.chat.completions.stream(
      { model: 'claude-3-sonnet', messages: [{ role: 'user', content: 'Write a haiku about gateways.' }] },
      { headers: { 'Session-Id': 'walk-1' } },
    );
    t.equal((await stream.finalMessage()).content, 'A gate stands open.');

    const row = desktop.page.getByRole('row').filter({ hasText: 'Write a haiku about gateways.' });
    await row.waitFor();
    t.match(await row.textContent(), /claude-3-sonnet/);
    await desktop.page.goto(`${gateway.url}/sessions/1`);
    await settled(desktop.page);
    const text = (await desktop.page.locator('#main').textContent()) ?? '';
    t.match(text, 'A gate stands open.');
    t.ok(text.includes(FEE), `${FEE} stands in the conversation`);
    t.match(text, /Fresh input 1,234/);
    t.match(text, /Output tokens 567/);
    t.notMatch(await readableStorage(desktop.page), /br-/, 'the key is nowhere in the browser');
    t.same(desktop.faults, []);
    await desktop.close();

    const phone = await openPage(browser, gateway.url, { viewport: PHONE, colorScheme: 'dark' });
    await signIn(phone.page, gateway.url, admin.secret, `/keys/${user.id}`);
    await settled(phone.page);
    t.match(
      await phone.page.locator('#main').textContent(),
      /0\.012207/,
      'the administrator sees what the key has spent',
    );
    t.same(phone.faults, []);
    await phone.close();
    t.equal(await gateway.auditFaults(), 0);
  },
);
