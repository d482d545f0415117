import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { root } from './fixtures.js';

/** Debian's package `chromium`, or another one that the variable names. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Where there is no browser, what needs one is skipped; `.ci/run` installs it, and takes a skipped test for a failed one. */
export const hasBrowser = existsSync(executablePath);

/** Starts it without a window. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    // Who runs tests as root, in a container, has no sandbox to offer.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking'],
  });
}

/** A picture of a page, for people to look at: in `.screenshots/`, which is not committed. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const folder = join(root, '.screenshots');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
