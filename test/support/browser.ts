import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { root } from './fixtures.js';

/** Debian's package `chromium`, or another one that the variable names. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Without a browser, tests that need one are skipped; `.ci/run` installs it, and treats a skipped test as failed. */
export const hasBrowser = existsSync(executablePath);

/**
 * For suites that start a browser for each test: on a busy machine Chromium has stopped for good while it opened a page,
 * and then the test is begun again with another one.
 */
export const restarts = { retry: 2 };

/** Starts it without a window. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    // As root in a container, there is no sandbox.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking'],
  });
}

/** A screenshot of a page, for people: in `.screenshots/`, which is not committed. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const folder = join(root, '.screenshots');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
