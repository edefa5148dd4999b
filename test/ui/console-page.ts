// A browser page that watches itself: what the policy blocked, what went to the console, what left our origin.
import { setTimeout } from 'node:timers/promises';
import axe from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';

/** Reported through the console, so that one list has everything. */
const WATCH_POLICY = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error('POLICY ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile);
});`;
/** The browser notes every refused call itself; a refusal that a test asks for is no fault of the page. */
const REFUSED_CALL = /^Failed to load resource: the server responded with a status of (400|401|404|409|503)/;
const LOST_FEED = /ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_(REFUSED|RESET)/;

export interface PageOptions {
  viewport?: { width: number; height: number };
  colorScheme?: 'light' | 'dark';
  locale?: string;
}

export async function openPage(browser: Browser, origin: string, options: PageOptions = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    ...options,
  });
  context.setDefaultTimeout(8_000);
  await context.addInitScript(WATCH_POLICY);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    const text = message.text();
    const isFault = ['error', 'warning'].includes(message.type());
    if (isFault && !REFUSED_CALL.test(text) && !LOST_FEED.test(text)) faults.push(text);
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) faults.push(`EXTERNAL ${request.url()}`);
  });
  return { page, faults, close: () => context.close() };
}

export async function signIn(page: Page, origin: string, secret: string, path = '/') {
  await page.goto(origin + path);
  await page.getByLabel('API key', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  // The frame around every page but this one begins with it.
  await page.locator('a[href="#main"]').waitFor({ state: 'attached' });
}

/** Chooses in a menu, and waits until it has given the focus back: what is typed before that goes to the menu. */
export async function choose(page: Page, field: Locator, option: string) {
  await field.click();
  await page.getByRole('option', { name: option, exact: true }).click();
  await page.getByRole('listbox').waitFor({ state: 'hidden' });
  await field.and(page.locator(':focus')).waitFor();
}

const IS_STILL = `!document.querySelector('.animate-pulse.bg-elevated') && !document.querySelector('#main [aria-busy=true]') &&
  document.getAnimations().every((each) => each.playState !== 'running' || each.effect?.getTiming().iterations === Infinity)`;
const LOOK_EVERY_MS = 30;
const LOOK_TIMES = 250;

/** Waits until nothing is a skeleton, nothing loads and nothing moves. */
export async function settled(page: Page) {
  await page.locator('#main h1').first().waitFor({ state: 'attached' });
  // Not waitForFunction, whose polling needs `eval` inside the page: the policy forbids it.
  for (let look = 0; look < LOOK_TIMES; look += 1) {
    if (await page.evaluate<boolean>(IS_STILL)) return;
    await setTimeout(LOOK_EVERY_MS);
  }
  throw new Error(`the page at ${page.url()} does not come to rest`);
}

/** Serious and critical findings of axe, one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the page's policy does not bind.
  await page.evaluate(axe.source);
  const found: string[] =
    await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? ''))))`);
  return found;
}

/** Is the page wider than the screen? */
export async function overflows(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}

/** Everything a script could read back later. */
export async function readableStorage(page: Page): Promise<string> {
  return page.evaluate(
    `JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href, history.state])`,
  );
}
