/**
 * `npm run recording`: goes from a document to a tool call in real terminals and a real browser, and records their
 * screens in `docs/recording.svg`. It needs `script` of util-linux, and Chromium.
 */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAuthorizationServer } from '../src/commands/dev/authorization-server.js';
import { openBrowser } from '../test/support/browser.js';
import { root } from '../test/support/fixtures.js';
import { animate, pageSize, type Frame } from './recording/svg.js';
import { TerminalSession } from './recording/terminal.js';

const folder = await mkdtemp(join(tmpdir(), 'recording-'));
const sessions: TerminalSession[] = [];
const program = `node ${join(root, 'bin/openapi-to-mcp.js')}`;

function open(args: string, more = ''): TerminalSession {
  // npm passes its settings to child processes; a terminal has none of them.
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NO_COLOR$|CI$)/.test(name));
  const env = {
    ...Object.fromEntries(own),
    TERM: 'xterm-256color',
    OPENAPI_TO_MCP_CONFIG_DIR: folder,
  };
  const session = new TerminalSession(`openapi-to-mcp ${args}`, `${program} ${args}${more}`, {
    cwd: folder,
    env,
  });
  sessions.push(session);
  return session;
}

/** Accepts the proposed answer to each question. The authorization server runs so that `init` can check it. */
async function init(): Promise<Frame[]> {
  const authorization = await startAuthorizationServer({
    port: 4000,
    resource: 'http://127.0.0.1:3000/mcp',
    scopes: ['todo.read', 'todo.write'],
    pages: { title: 'Todo API', scopes: {} },
  });
  const session = open(
    'init --url openapi.yaml --oauth-server http://127.0.0.1:4000 --output todo',
  );
  for (let questions = 0; !session.hasEnded && questions < 20; questions += 1) {
    await session.look();
    session.type('\r');
  }
  await session.ended();
  await session.look();
  await authorization.close();
  return session.screens.map((content) => ({ seconds: 1.4, content }));
}

async function dev(): Promise<Frame[]> {
  const session = open('dev todo');
  await session.find(/MCP server/);
  await session.look();
  return session.screens.slice(-1).map((content) => ({ seconds: 3, content }));
}

async function call(): Promise<Frame[]> {
  const words = `call http://127.0.0.1:3000/mcp list_todos --args '{"limit": 2}'`;
  const session = open(words, ' --no-browser');
  const [page] = await session.find(/http:\/\/127\.0\.0\.1:\d+\/auth\?[\w.~%&=+-]+/);
  await session.look();
  const asked = session.screens.slice(-1).map((content) => ({ seconds: 2, content }));
  const pages = await signIn(page);
  await session.ended();
  await session.look();
  const answered = session.screens.slice(-1).map((content) => ({ seconds: 4, content }));
  return [...asked, ...pages, ...answered];
}

/** The pages that a user sees, in a browser. */
async function signIn(url: string): Promise<Frame[]> {
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({
      viewport: {
        width: Math.ceil(1.3 * pageSize.width),
        height: Math.ceil(1.3 * pageSize.height),
      },
    });
    const frames: Frame[] = [];
    const keep = async () => {
      const content = await page.screenshot({ type: 'jpeg', quality: 70 });
      frames.push({ seconds: 2.5, content });
    };
    await page.goto(url);
    await page.locator('input:not([type=hidden])').first().fill('alice');
    await keep();
    await page.locator('button').last().click();
    await page.waitForLoadState();
    await keep();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(/code=/);
    return frames;
  } finally {
    await browser.close();
  }
}

try {
  await cp(join(root, 'fixtures/todo/input.yaml'), join(folder, 'openapi.yaml'));
  const frames = [...(await init()), ...(await dev()), ...(await call())];
  const title =
    'init asks about the API, dev runs the server, a user signs in and consents, and call calls a tool';
  await writeFile(join(root, 'docs/recording.svg'), animate(frames, title));
  console.log(`docs/recording.svg: ${frames.length} frames`);
} finally {
  for (const session of sessions) session.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
