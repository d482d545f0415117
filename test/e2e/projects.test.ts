import { deepStrictEqual } from 'node:assert';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listTool } from '../../templates/src/runtime/listing.js';
import { createOffer } from '../../templates/src/runtime/operations/offer.js';
import { inputOf, listFixtures, readFolder } from '../support/fixtures.js';
import { generations, type Generation } from '../support/generations.js';
import { HttpClient } from '../support/http-client.js';
import { runOwnTests } from '../support/own-tests.js';
import { buildProject, importApi, type Project } from '../support/project.js';
import { startStaticIssuer } from '../support/tokens.js';

// A Worker is run by test/workers.
const fixtures = listFixtures().filter(({ fails, args }) => !fails && !args.includes('workers'));
const modern = generations.at(-1) as Generation;

/** The tools of the committed project beside the input. */
function expectedNames(folder: string): string[] {
  const files = readFolder(join(folder, 'expected/src/generated/tools'));
  const names = [...files.values()].map((text) => /^ {2}name: '(.+)',$/m.exec(text)?.[1] ?? text);
  return names.sort();
}

function shapeOf({ name, description, inputSchema }: { name: string } & Record<string, unknown>) {
  return { name, description, inputSchema };
}

describe.each(fixtures)('the project of fixtures/$name', (fixture) => {
  let project: Project;

  // Compiles it: if there is an error, every test here fails with it.
  beforeAll(async () => {
    project = await buildProject(fixture.name, { source: inputOf(fixture), args: fixture.args });
  });

  afterAll(() => project.remove());

  it('starts, and lists exactly its tools', async () => {
    const session = modern.stdio({
      command: process.execPath,
      args: ['dist/main.js', '--stdio'],
      cwd: project.folder,
      env: { UPSTREAM_BASE_URL: 'http://127.0.0.1:9' },
      stderr: 'ignore',
    });
    await session.connect();
    const tools = await session.listTools();
    await session.close();
    const api = await importApi(project.folder);
    expect(api.tools.map(({ name }) => name)).toEqual(expectedNames(fixture.folder));
    // Vitest's equality fails for a property called `constructor`.
    deepStrictEqual(
      tools.map((tool) => shapeOf({ ...tool })),
      createOffer(api).listed.map((tool) => shapeOf({ ...listTool(tool, undefined) })),
    );
  });

  it('passes its own tests', async () => {
    const { output, passed, failed } = await runOwnTests(project.folder);
    const { authentication } = await importApi(project.folder);
    expect(failed, output).toEqual([]);
    expect(passed.length).toBeGreaterThanOrEqual(authentication === 'oauth2' ? 12 : 2);
  });
});

describe('the project of a hostile document', () => {
  const report = `process.on('exit', () => process.stderr.write(JSON.stringify({ event: 'exit', ran: '__ran' in globalThis }) + '\\n'))`;
  const options = `--import data:text/javascript,${encodeURIComponent(report)}`;

  it('can be built, started, listed and called, and nothing in the document runs', async () => {
    const hostile = fixtures.find(({ name }) => name === 'hostile');
    if (hostile === undefined) throw new Error('fixtures/hostile is gone');
    const { args } = hostile;
    const project = await buildProject('hostile', { source: inputOf(hostile), args });
    const issuer = await startStaticIssuer();
    const server = await project.start({
      OAUTH_AUTHORIZATION_SERVER: issuer.issuer,
      UPSTREAM_BASE_URL: 'http://127.0.0.1:9',
      NODE_OPTIONS: options,
    });
    const { scopes, tools } = await importApi(project.folder);
    const scope = Object.values(scopes).flat(2).join(' ');
    const token = await issuer.sign({ aud: server.url, scope });
    const client = await new HttpClient(modern, server.url, { token }).connect();
    for (const { name } of tools) await client.call(name, {});
    await client.close();
    const called = server.audit().filter(({ event }) => event === 'tool_call');
    expect(called.map(({ tool }) => tool)).toEqual(tools.map(({ name }) => name));
    expect(await server.end('SIGTERM')).toMatchObject({ status: 0 });
    expect(server.audit().at(-1)).toEqual({ event: 'exit', ran: false });
    expect(globalThis).not.toHaveProperty('__ran');
    expect(existsSync(join(project.folder, 'ran'))).toBe(false);
    await Promise.all([project.remove(), issuer.close()]);
  });
});
