// A real Chromium for tests, from npm: nothing of the system is needed on Linux x64. Elsewhere `CHROME_PATH` names an
// installed Chrome; without one there is no browser and the caller must say so.
import { type Browser, chromium } from 'playwright-core';

/** Keep the sandbox off (tests run as root in containers); the page's own rules stay as strict as they are. */
const ARGS = ['--no-sandbox', '--disable-background-networking', '--disable-gpu', '--hide-scrollbars'];

async function findExecutable(): Promise<string | null> {
  if (process.env.CHROME_PATH) return process.env.CHROME_PATH;
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  // The package's own argument list is not used: it switches the web's security off.
  const { default: packaged } = await import('@sparticuz/chromium');
  return packaged.executablePath();
}

/** @returns a running browser, or the reason why there is none on this machine. */
export async function launchBrowser(): Promise<Browser | { missing: string }> {
  const executablePath = await findExecutable();
  if (!executablePath) {
    return { missing: 'NO BROWSER: set CHROME_PATH to a Chrome to test the console on this system' };
  }
  return chromium.launch({ executablePath, args: ARGS });
}
