import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sortChanges, toChange } from '../../src/diff/change.js';
import { prepare } from '../../src/generate.js';
import type { Plan } from '../../src/plan/types.js';
import { diffPage } from '../../src/print/report/diff-page.js';
import { inspectPage } from '../../src/print/report/inspect-page.js';
import { hasBrowser, openBrowser, restarts, takePicture } from '../support/browser.js';

const evil = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`;

/** A document with as many operations as GitHub's, some of them hostile. */
function large(): object {
  const paths = Array.from({ length: 1200 }, (_, number) => [
    `/things${number}/{id}`,
    {
      [number % 3 === 0 ? 'get' : number % 3 === 1 ? 'post' : 'delete']: {
        operationId: `operation_${number}_with_a_name_that_is_rather_long`,
        tags: [number % 40 === 7 ? evil : `group ${number % 40}`],
        summary: number === 5 ? evil : `Operation ${number}`,
        description: evil,
        security: [{ oauth: [`scope.${number % 60}`] }],
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
          { name: evil, in: 'query', description: evil, schema: { enum: [evil] } },
        ],
        responses: { 200: { description: 'OK' } },
      },
    },
  ]);
  const scopes = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`scope.${n}`, evil]));
  const clientCredentials = { tokenUrl: 'https://auth.example.com/token', scopes };
  return {
    openapi: '3.1.0',
    info: { title: evil, version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    paths: Object.fromEntries(paths) as object,
    components: { securitySchemes: { oauth: { type: 'oauth2', flows: { clientCredentials } } } },
  };
}

describe.skipIf(!hasBrowser)('a report in Chromium', restarts, () => {
  let browser: Browser;
  let folder: string;
  let plan: Plan;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'));
    const source = join(folder, 'openapi.json');
    await writeFile(source, JSON.stringify(large()));
    plan = await prepare({ url: source, oauthServer: 'https://auth.example.com' });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    browser = await openBrowser();
    return () => browser.close();
  });

  /** Opens a page that must not do anything: its errors and its requests to the network are recorded. */
  async function open(html: string, options: BrowserContextOptions = {}) {
    const file = join(folder, `${crypto.randomUUID()}.html`);
    await writeFile(file, html);
    const page = await browser.newPage(options);
    const seen: string[] = [];
    page.on('pageerror', ({ message }) => seen.push(message));
    page.on('console', (message) => seen.push(message.text()));
    page.on('request', (request) => seen.push(request.url()));
    const { href } = pathToFileURL(file);
    await page.goto(href);
    return { page, seen: () => seen.filter((entry) => entry !== href) };
  }

  const inspected = () => inspectPage(plan, plan.warnings);
  const visible = (page: Page) => page.locator('details.tool:visible').count();
  const width = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth');

  it('lists 1,200 tools, finds some by words, and sorts them by tokens', async () => {
    const { page, seen } = await open(inspected());
    expect(await page.locator('output').first().innerText()).toBe('1,200 of 1,200 tools');
    await page.getByLabel('Search').first().fill('POST operation_1000');
    await expect.poll(() => visible(page)).toBe(1);
    expect(await page.locator('output').first().innerText()).toBe('1 of 1,200 tools');
    expect(await page.locator('.tile:visible').count()).toBe(1);
    expect(await page.locator('.matrix tbody tr:visible').count()).toBe(1);
    await page.getByLabel('Search').first().fill('');
    await expect.poll(() => visible(page)).toBe(1200);
    await page.getByLabel('Order').selectOption('tokens');
    const tokens = await page.evaluate<number[]>(
      "[...document.querySelectorAll('details.tool')].map((row) => Number(row.dataset.tokens))",
    );
    expect(tokens).toEqual(tokens.toSorted((a, b) => b - a));
    expect(seen()).toEqual([]);
  });

  it('opens the tool that a box or a row of the matrix links to', async () => {
    const { page } = await open(inspected());
    const name = plan.api.tools[3]?.name ?? '';
    await page.locator(`.matrix a[href="#tool-${name}"]`).click();
    const description = page.locator(`#tool-${name} .description`);
    await expect.poll(() => description.isVisible()).toBe(true);
  });

  it('shows markup in the document as text, and runs none of it', async () => {
    const { page, seen } = await open(inspected());
    await page.locator('details.tool').first().locator('summary').click();
    expect(await page.locator('details.tool[open] .description').innerText()).toContain('<script>');
    expect(await page.title()).not.toBe('run');
    expect(await page.locator('img').count()).toBe(0);
    expect(seen()).toEqual([]);
  });

  it.each([
    ['light', 360],
    ['dark', 360],
    ['light', 1180],
    ['dark', 1180],
  ] as const)('fits a window, %s and %i pixels wide', async (colorScheme, columns) => {
    const viewport = { width: columns, height: 800 };
    const { page } = await open(inspected(), { colorScheme, viewport });
    await page.locator('details.tool').first().locator('summary').click();
    expect(await width(page)).toBe(columns);
    await takePicture(page, `inspect-${colorScheme}-${columns}`);
  });

  it('of changes finds some by words, and runs nothing', async () => {
    const finding = { message: evil, place: evil, before: evil, after: evil };
    const changes = [
      toChange({ code: 'TOOL_REMOVED', ...finding }, { tool: 'first', operation: evil }),
      toChange({ code: 'SCOPES_DROPPED', ...finding }, { tool: 'second', operation: evil }),
    ];
    const viewport = { width: 360, height: 800 };
    const { page, seen } = await open(diffPage(evil, sortChanges(changes), []), { viewport });
    await page.getByLabel('Search').fill('second');
    await expect.poll(() => page.locator('article:visible').count()).toBe(1);
    expect(await page.locator('article:visible strong').innerText()).toBe('second');
    expect(await page.locator('output').innerText()).toBe('1 of 2 changes');
    expect(await width(page)).toBe(360);
    expect(seen()).toEqual([]);
    await takePicture(page, 'diff-360');
  });
});
