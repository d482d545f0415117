import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Deployment } from '../../fixtures/todo/deployment/deployment.js';
import { hasBrowser, openBrowser, restarts, takePicture } from '../support/browser.js';
import type { Project } from '../support/project.js';
import { deployTodo } from '../support/todo-deployment.js';
import { listen } from '../support/http.js';
import { buildTodo } from '../support/todo-stage.js';

let project: Project;
let deployment: Deployment;
let page: Page;
/** The errors in the browser: refused requests, violated policies, script errors. */
let complaints: string[];

/** Clicks through login and consent. */
async function signIn(user: string): Promise<void> {
  await page.goto(deployment.page);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('User name').fill(user);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(`${deployment.page}/`);
}

describe.skipIf(!hasBrowser)('in Chromium', restarts, () => {
  beforeAll(async () => {
    project = await buildTodo();
    deployment = await deployTodo(project);
  });

  afterAll(async () => {
    await deployment.close();
    await project.remove();
  });

  beforeEach(async () => {
    const browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 900, height: 700 } });
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // From 401 and 403 the page learns which authorization server to ask, and for which scopes.
      if (message.type() === 'error' && !/status of 40[13]/.test(message.text()))
        complaints.push(message.text());
    });
    return () => browser.close();
  });

  describe('a first-party page', () => {
    it('gets a token, lists to-dos, asks for more scopes when needed, and adds one', async () => {
      await page.goto(deployment.page);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByLabel('User name').fill('ada');
      await takePicture(page, 'login');
      await page.getByRole('button', { name: 'Continue' }).click();
      await expect.poll(() => page.locator('main').innerText()).toMatch(/Todo page wants to use/);
      const consent = await page.locator('main').innerText();
      expect(consent).toContain('signed in as ada');
      expect(consent).toContain('See to-dos, tags, pictures and reports');
      expect(consent).not.toContain('Create, change and delete');
      expect(consent).toContain(deployment.page);
      await takePicture(page, 'consent');
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL(`${deployment.page}/`);
      await expect.poll(titles).toContain('Buy milk');

      await page.getByPlaceholder('What is to be done?').fill('Write to Grace');
      await page.getByRole('button', { name: 'Add' }).click();
      await expect
        .poll(() => page.locator('main').innerText())
        .toContain('Create, change and delete to-dos and their pictures');
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL(`${deployment.page}/`);
      await expect.poll(titles).toContain('Write to Grace');
      expect(deployment.api.requests.at(-2)).toMatchObject({ method: 'POST', status: 201 });
      await takePicture(page, 'page');
      expect(complaints).toEqual([]);
    });

    it('keeps its token private', async () => {
      await signIn('grace');
      await expect.poll(titles).toContain('Buy milk');
      const kept = await page.evaluate(
        'JSON.stringify([localStorage, sessionStorage, location.href])',
      );
      expect(kept).toBe(JSON.stringify([{}, {}, `${deployment.page}/`]));
    });

    it('reports that its user denied access', async () => {
      await page.goto(deployment.page);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByLabel('User name').fill('mallory');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('button', { name: 'Deny' }).click();
      await page.waitForURL(`${deployment.page}/`);
      await expect.poll(() => page.getByRole('status').innerText()).toContain('denied access');
      expect(await titles()).toEqual([]);
    });
  });

  describe('a page of another origin', () => {
    it('is refused by the server', async () => {
      const other = await listen((_request, response) => {
        response.setHeader('Content-Type', 'text/html').end('<title>Elsewhere</title>');
      });
      await page.goto(other.url);
      const outcome = await page.evaluate(
        `fetch(${JSON.stringify(deployment.server)}, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: 'Bearer x' },
        body: '{}',
      }).then(({ status }) => 'read ' + status, (error) => error.name)`,
      );
      expect(outcome).toBe('TypeError');
      await other.close();
    });
  });
});

function titles(): Promise<string[]> {
  return page.locator('#todos li').allInnerTexts();
}
