// Signing in, and what is left of a key afterwards: nothing.
import { readableStorage, settled, signIn } from './console-page.ts';
import { consoleTest, findPublicDir } from './console-test.ts';
import { SECRETS, startMockGateway } from './mock-gateway.ts';

consoleTest(
  'the key is sent once and no script can read it afterwards',
  async (t, { gateway, page, faults }) => {
    await page.goto(`${gateway.url}/keys?role=user`);
    const field = page.getByLabel('API key', { exact: true });
    t.equal(await field.getAttribute('type'), 'password');
    t.equal(await field.getAttribute('autocomplete'), 'off');
    await field.fill('br-wrong-key');
    await page.keyboard.press('Enter');
    await page.getByText('This key is not known here').waitFor();
    t.equal(await field.inputValue(), '', 'a refused key is forgotten too');
    await field.fill(SECRETS.admin);
    await page.getByRole('button', { name: 'Show the key' }).click();
    t.equal(await field.getAttribute('type'), 'text');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor();
    t.equal(new URL(page.url()).search, '?role=user', 'back where one wanted to go');
    t.notMatch(await readableStorage(page), /br-/);
    t.notMatch(await page.content(), SECRETS.admin);
    t.same(faults, []);
  },
);

consoleTest(
  "another host is reached at its own console, and this one's field does not travel",
  async (t, { gateway, page }) => {
    const other = await startMockGateway(findPublicDir());
    t.teardown(() => other.close());
    await page.goto(`${gateway.url}/sign-in`);
    await page.getByLabel('API key', { exact: true }).fill(SECRETS.admin);
    await page.getByLabel('Host').fill(other.url);
    await page.getByRole('button', { name: 'Go to that host' }).click();
    await page.waitForURL(`${other.url}/sign-in`);
    t.equal(await page.getByLabel('API key', { exact: true }).inputValue(), '');
  },
);

consoleTest(
  'a gateway that is away is said to be away, and can be tried again',
  async (t, { gateway, page }) => {
    await page.goto(`${gateway.url}/sign-in`);
    await page.route('**/console/session', (route) => route.abort());
    await page.getByLabel('API key', { exact: true }).fill(SECRETS.admin);
    await page.keyboard.press('Enter');
    await page.getByText('The gateway does not answer').waitFor();
    await page.unroute('**/console/session');
    await page.getByLabel('API key', { exact: true }).fill(SECRETS.admin);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'My usage', level: 1 }).waitFor();
    t.equal(new URL(page.url()).pathname, '/');
  },
);

consoleTest(
  'a sign-in that has expired leads to the sign-in page and back again',
  async (t, { gateway, page }) => {
    await signIn(page, gateway.url, SECRETS.admin, '/payments');
    await settled(page);
    gateway.forgetVisitors();
    await page.getByRole('link', { name: 'Keys', exact: true }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('API key', { exact: true }).fill(SECRETS.admin);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor();
    t.equal(new URL(page.url()).pathname, '/keys');
  },
);

consoleTest('each role sees its own rooms, and the rest looks like nothing', async (t, { gateway, page }) => {
  await signIn(page, gateway.url, SECRETS.user);
  const rooms = page.getByRole('navigation', { name: 'Navigation' }).getByRole('link');
  t.same(await rooms.allInnerTexts(), ['My usage', 'My ledger', 'Sessions', 'Exchanges']);
  await page.goto(`${gateway.url}/keys`);
  await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
  await page.getByRole('button', { name: /^Your menu/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await signIn(page, gateway.url, SECRETS.bootstrap);
  await page.getByText('You are signed in with the bootstrap key').waitFor();
  t.equal(new URL(page.url()).pathname, '/overview');
  t.equal(await rooms.filter({ hasText: 'My usage' }).count(), 0);
  await page.getByRole('link', { name: 'Create an admin key' }).click();
  await page.getByRole('dialog').getByLabel('Role').filter({ hasText: 'Admin' }).waitFor();
});
