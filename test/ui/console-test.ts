// A test of the console: a gateway of its own, a browser page of its own, one browser for all.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { launchBrowser } from '../helpers/browser.ts';
import { openPage, type PageOptions } from './console-page.ts';
import { type MockGateway, startMockGateway } from './mock-gateway.ts';

/** Ten times what the longest test takes on an idle machine. */
const TIMEOUT_MS = 200_000;
t.setTimeout(TIMEOUT_MS);

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

const launched = await launchBrowser();
if (!('missing' in launched)) t.teardown(() => launched.close());

interface Console {
  browser: Browser;
  gateway: MockGateway;
  page: Page;
  /** What went wrong in the page so far: policy, console, requests to elsewhere. */
  faults: string[];
}

/** Without a browser the test is skipped, and says why. */
export function consoleTest(
  name: string,
  body: (t: Test, console: Console) => Promise<void>,
  options: PageOptions = {},
) {
  if ('missing' in launched) {
    t.comment(launched.missing);
    t.test(name, { skip: launched.missing }, async () => undefined);
    return;
  }
  t.test(name, { timeout: TIMEOUT_MS }, async (t) => {
    const gateway = await startMockGateway(findPublicDir());
    t.teardown(() => gateway.close());
    const { page, faults, close } = await openPage(launched, gateway.url, options);
    t.teardown(close);
    await body(t, { browser: launched, gateway, page, faults });
  });
}

/** The built console. Tests also run from `build/`, so the root is looked for. */
export function findPublicDir(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'vite.config.ts')) && folder !== dirname(folder)) folder = dirname(folder);
  const found = join(folder, 'dist', 'public');
  if (!existsSync(join(found, 'index.html'))) throw new Error('dist/public is missing: npm run build-ui');
  return found;
}
