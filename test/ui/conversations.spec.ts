// Exchanges and conversations: live, exact, and harmless whatever they contain.
import { settled, signIn } from './console-page.ts';
import { consoleTest } from './console-test.ts';
import { makeThread } from './mock-data.ts';
import { SECRETS } from './mock-gateway.ts';

consoleTest(
  'a finished exchange appears by itself, and so does what a gap hid',
  async (t, { gateway, page, faults }) => {
    await signIn(page, gateway.url, SECRETS.admin, '/exchanges');
    await settled(page);
    const isLive = page.getByRole('complementary').getByText('Live', { exact: true });
    await isLive.waitFor();
    const first = page.getByRole('row').nth(1);
    gateway.finish({ ...makeThread(60), key_id: 1, prompt: 'Did you hear that?' });
    await first.getByText('Did you hear that?').waitFor();
    gateway.finish({ ...makeThread(61), key_id: 2, prompt: 'Not mine' });
    gateway.breakFeeds();
    gateway.finish({ ...makeThread(62), key_id: 1, prompt: 'While you were away' });
    await first.getByText('While you were away').waitFor();
    t.equal(await page.getByText('Not mine').count(), 0, "one's own list takes no other key's exchange");
    await isLive.waitFor();
    t.same(faults, []);
  },
);

consoleTest(
  'a conversation shows turns, code and exact prices, and hostile text stays text',
  async (t, { gateway, page, faults }) => {
    const prompt = '<img src=x onerror="document.title=1"> \u202Eevil\u0000';
    const completion = 'So:\n```js\nalert(1)\n```';
    gateway.finish({ ...makeThread(63), status: 'ok', session_id: 23, key_id: 1, prompt, completion });
    await signIn(page, gateway.url, SECRETS.admin, '/sessions/23');
    await settled(page);
    const turn = page.getByRole('article').filter({ hasText: 'onerror' });
    await turn.getByText('<img src=x onerror="document.title=1"> \ufffdevil␀').waitFor();
    t.equal(await turn.locator('pre').textContent(), 'alert(1)');
    const text = (await turn.textContent()) ?? '';
    t.match(text, /\$0\.0004238000/, 'all ten places');
    t.match(text, /Fresh input 204\s*Cache read 512\s*Cache write 96\s*Output tokens 264/);
    await page.getByRole('article').filter({ hasText: 'Client left' }).first().waitFor();
    await turn.getByRole('link', { name: 'Details' }).click();
    const detail = page.getByRole('dialog');
    await detail.getByText('req_000000000000000000000063').waitFor();
    await detail.getByText('Request as sent').click();
    await detail.getByText('You are a helpful assistant.').waitFor();
    t.same(faults, []);
  },
);
