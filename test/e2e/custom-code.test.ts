import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generations, type Generation } from '../support/generations.js';
import { buildProject, compile, generateInto, type Project } from '../support/project.js';
import { listen, type LocalServer } from '../support/http.js';
import { startStaticIssuer, type StaticIssuer } from '../support/tokens.js';

const source = 'fixtures/todo/input.yaml';
const args = ['--oauth-server', 'https://auth.example.com'];
const modern = generations.at(-1) as Generation;

/** The code of the page on custom code, by its first words. */
function createExamples(page: string): (start: string) => string {
  const blocks = [...page.matchAll(/```ts\n([^]*?)```/g)].map(([, code = '']) => code);
  return (start) => {
    const found = blocks.find((code) => code.includes(start));
    if (found === undefined) throw new Error(`The page shows no ${start}`);
    return found;
  };
}

/** `src/main.ts` with every example in it, each in a separate function, since they use the same names. */
function customize(main: string, page: string): string {
  const example = createExamples(page);
  const [imported = '', telling = ''] = example('const telling').split('\n\n');
  const functions = `
function hide(generated: Api) { ${example('const fewer').replace('create_todo', 'list_tags')} return fewer; }
function change(generated: Api) { ${example('const api = changeTool')} return api; }
function add(generated: Api) { ${example('const withTime')} return withTime; }
function wrap(callApi: Call) { ${example('const call: Call')} return call; }
function tell(callApi: Call) { ${telling} return telling; }
function demand(usual: Verifier) { ${example('const verifier: Verifier')} return verifier; }
const api = add(change(hide(generated)));
`;
  return main
    .replace("import { api } from './generated/api.js';\n", example('import { api as generated'))
    .replace(
      'if (existsSync',
      () => `import type { Api } from './runtime/api.js';
import type { ArgumentsOf } from './runtime/customize.js';
import { InvalidToken, type Verifier } from './runtime/oauth/token.js';
import type { Call } from './runtime/upstream/call.js';
${imported}
${functions}
if (existsSync`,
    )
    .replace(
      'const call = createCall(api, upstream);',
      'const call = wrap(tell(createCall(api, upstream)));',
    )
    .replace(
      'createVerifier(settings.oauth, audit)',
      'demand(createVerifier(settings.oauth, audit))',
    )
    .replace(/ {2}const running = await serveHttp\(.*\n/, () => example('const routes'));
}

describe('custom code', () => {
  let project: Project;
  let upstream: LocalServer;
  let issuer: StaticIssuer;
  let custom: string;

  beforeAll(async () => {
    project = await buildProject('custom', { source, args });
    const path = join(project.folder, 'src/main.ts');
    const page = await readFile(join(project.folder, 'docs/custom-code.md'), 'utf8');
    custom = customize(await readFile(path, 'utf8'), page);
    await writeFile(path, custom);
    upstream = await listen((_, response) => response.writeHead(201).end('{}'));
    issuer = await startStaticIssuer();
  });
  afterAll(() => Promise.all([project.remove(), upstream.close(), issuer.close()]));

  /** Regenerates from the changed document, and builds. */
  async function regenerate(...changes: [from: string, to: string][]): Promise<void> {
    let document = await readFile(source, 'utf8');
    for (const [from, to] of changes) {
      expect(document).toContain(from);
      document = document.replaceAll(from, to);
    }
    const changed = join(project.folder, 'changed.yaml');
    await writeFile(changed, document);
    await generateInto(project.folder, changed, args);
    await compile(project.folder);
  }

  async function observe() {
    const server = await project.start({
      OAUTH_AUTHORIZATION_SERVER: issuer.issuer,
      UPSTREAM_BASE_URL: upstream.url,
      UPSTREAM_API_KEY: 'k-1234567890',
    });
    const claims = { aud: server.url, scope: 'todo.read todo.write' };
    const session = modern.http(server.url, { fetch, token: await issuer.sign(claims) });
    await session.connect();
    const tools = await session.listTools();
    const time = await session.callTool('server_time', {});
    const told = await session.callTool('better_name', { body: { title: 'x' } });
    await session.close();
    const blocked = await issuer.sign({ ...claims, client_id: 'blocked' });
    const refused = await fetch(server.url, {
      method: 'POST',
      headers: { Authorization: `Bearer ${blocked}` },
    });
    const version = await fetch(new URL('/version', server.url));
    await server.end('SIGTERM');
    return {
      names: tools.map(({ name }) => name),
      description: tools.find(({ name }) => name === 'better_name')?.description,
      time,
      told,
      refused: refused.status,
      version: await version.json(),
    };
  }

  it('does what the page describes, and still does after the document has changed', async () => {
    await regenerate();
    const before = await observe();
    expect(before).toMatchObject({
      description: 'What a model should know about it.',
      told: { content: [{ type: 'text', text: '201 for {"body":{"title":"x"}}' }] },
      refused: 401,
      version: { version: '1.0.0' },
    });
    expect(before.time.content).toMatchObject([
      { text: expect.stringMatching(/^20\d\d-/) as string },
    ]);
    expect(before.names).toContain('server_time');
    expect(before.names).not.toContain('list_tags');
    expect(before.names).not.toContain('create_todo');

    await regenerate(['version: 1.0.0', 'version: 2.0.0'], ['List to-dos', 'Look at the to-dos']);
    expect(await readFile(join(project.folder, 'src/main.ts'), 'utf8')).toBe(custom);
    const after = await observe();
    expect(after.names).toEqual(before.names);
    expect(after).toMatchObject({
      told: { content: before.told.content },
      refused: 401,
      version: { version: '2.0.0' },
    });
  });

  it('no longer compiles when the document drops a tool that it names', async () => {
    const failure = regenerate(['operationId: createTodo', 'operationId: makeTodo']);
    await expect(failure).rejects.toThrow(
      /main\.ts.*'"create_todo"' does not satisfy|create-todo/s,
    );
  });
});
