import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makePlace, operation, pets, type Place } from '../commands/pets.js';
import { startAuthorizationServer } from '../support/authorization-server.js';
import { key, Session } from './session.js';

let place: Place;

beforeEach(async () => {
  place = await makePlace();
  vi.stubEnv('HOME', place.folder);
  await place.say(pets({ '/health': { get: operation('health', { security: [] }) } }));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await place.remove();
});

const written = async (path: string) => readFile(join(place.output, path), 'utf8');

/** A path as people type it. */
const fromHome = (path: string) => `~/${relative(place.folder, path)}`;

/** Replaces the proposed folder. */
async function chooseFolder(session: Session): Promise<void> {
  const output = fromHome(place.output);
  await session.see('Which folder should the project go into?', key.ctrlU, output, key.enter);
}

/** Declines the offers after the project is written. */
async function declineRest(session: Session): Promise<void> {
  await session.see('client ID (UPSTREAM_CLIENT_ID', key.enter);
  await session.see('client secret (UPSTREAM_CLIENT_SECRET', key.enter);
  await session.see('Install and build it now?', key.enter);
}

/** Every question fits 80 columns, this one as well: a longer one is broken in the middle of a word. */
function expectNarrow({ screen }: Session, asked: string): void {
  const questions = screen.split(/[\r\n]+/).filter((line) => /^\S {2}Wh/.test(line));
  expect(questions.some((line) => line.includes(asked))).toBe(true);
  expect(questions.filter((line) => !/[?.)]$/.test(line.trimEnd()))).toEqual([]);
}

/** More operations than the number of tools that many clients accept. */
const many = Object.fromEntries(
  Array.from({ length: 130 }, (_, index) => [`/kind${index}`, { get: operation(`list${index}`) }]),
);

describe('the wizard', () => {
  it('asks for everything, shows the command, and runs it', async () => {
    const authorization = await startAuthorizationServer({
      resource: 'https://mcp.example.com/mcp',
      scopes: ['read'],
    });
    try {
      const session = new Session(['init']);
      await session.see('Where is the OpenAPI document?', place.spec, key.enter);
      await session.see('Pets 1');
      await session.see('Operations:       4');
      await session.see('Which operations become tools?');
      await session.see('All of them (4 tools', key.down, key.down, key.enter);
      await session.see('Which tags?');
      await session.see('4 tools, about', key.down, key.space);
      await session.see('3 tools, about', key.enter);
      await session.see('1 of 2: who may call this server');
      await session.see('Who may call this server?', key.enter);
      await session.see('Which issuer URL', authorization.issuer, key.enter);
      await session.see(`${authorization.issuer} responds.`);
      await session.see('PKCE with S256');
      await session.see('Which public URL', 'https://mcp.example.com/mcp', key.enter);
      await session.see('2 of 2: how this server calls the API');
      await session.see('an access token (oauth), from https://a.example/t');
      await session.see('How should the server call the API?', key.enter);
      await chooseFolder(session);
      await session.see('The same command without questions');
      await session.see('Run it now?', key.enter);
      await declineRest(session);
      const { status, stdout, stderr } = await session.result();
      expect(status).toBe(0);
      expect(stdout).toContain('pets: 3 tools');
      expect(stderr).toContain('UPSTREAM_CLIENT_ID=…\n  UPSTREAM_CLIENT_SECRET=…');
      expect(stderr).toContain(
        [
          'openapi-to-mcp generate',
          `--url "${place.spec}"`,
          `--oauth-server ${authorization.issuer}`,
          '--resource-url https://mcp.example.com/mcp',
          '--exclude tag:owners',
          `--output "${place.output}"`,
        ].join(' \\\n  '),
      );
      expectNarrow(session, 'Which issuer URL');
      const lock = await written('openapi-to-mcp.lock');
      expect(lock).toContain(authorization.issuer);
      expect(lock).toContain('tag:owners');
      expect(session.keyboard.isRaw).toBe(false);
    } finally {
      await authorization.close();
    }
  });

  it('has a path for a single user: no sign-in, no warning, and a configuration to paste into a client', async () => {
    const session = new Session(['init', '-u', place.spec, '-o', place.output]);
    await session.see('Which operations become tools?', key.enter);
    await session.see('Who may call this server?', key.down, key.down);
    await session.see('Only me, on this machine (stdio', key.enter);
    await session.see('2 of 2: how this server calls the API', key.enter);
    await session.see('Run it now?', key.enter);
    await declineRest(session);
    const { stderr } = await session.result();
    expect(stderr).toContain('--auth none');
    expect(stderr).not.toContain('anyone who can reach');
    expect(stderr).not.toContain('UNCHECKED_SCOPES');
    const main = join(place.output, 'dist/main.js');
    expect(stderr).toContain(`claude mcp add --scope user pets -- node "${main}" --stdio\n`);
  });

  it('asks again if a document cannot be used, or an issuer does not respond', async () => {
    const session = new Session(['init', '--url', `${place.folder}/none.json`, '-o', place.output]);
    await session.see('SOURCE_NOT_FOUND');
    const typed = fromHome(place.spec);
    await session.see('Where is the OpenAPI document?', key.ctrlU, typed, key.enter);
    await session.see('Which operations become tools?', key.enter);
    await session.see('Who may call this server?', key.enter);
    await session.see('Which issuer URL', 'http://example.com', key.enter);
    await session.see('It must be an https:// URL', key.ctrlU, 'http://127.0.0.1:9', key.enter);
    await session.see('No metadata at http://127.0.0.1:9/.well-known/oauth-authorization-server');
    await session.see('This issuer could not be verified.', key.down, key.down, key.enter);
    await session.see('Who may call this server?', key.down, key.down, key.down, key.enter);
    await session.see('There is no sign-in');
    await session.see('3 tools would need OAuth scopes');
    await session.see('How should the server call the API?', key.enter);
    await session.see('--auth none');
    await session.see('Run it now?', 'n', key.enter);
    expect(await session.result()).toMatchObject({ status: 0, stdout: '' });
    expect(session.screen).toContain('Nothing was written.');
    expect(session.screen).not.toContain('Which folder should the project go into?');
    expect(existsSync(place.output)).toBe(false);
  });

  it('keeps an issuer that does not exist yet, and lists the documents in the folder', async () => {
    await new Session(['generate', '-u', place.spec, '-o', place.output]).result();
    const session = new Session(['init', '-u', place.spec, '--include', 'listPets']);
    await session.see('Who may call this server?', key.enter);
    await session.see('Which issuer URL', 'http://127.0.0.1:9', key.enter);
    await session.see('This issuer could not be verified.', key.down, key.enter);
    await session.see('Which public URL', key.enter);
    await session.see('How should the server call the API?', key.enter);
    await chooseFolder(session);
    await session.see('It contains a generated project');
    await session.see('--oauth-server http://127.0.0.1:9');
    await session.see('Run it now?', key.enter);
    await declineRest(session);
    expect((await session.result()).stdout).toContain('pets: 1 tool,');
    expect(session.screen).not.toContain('Which operations become tools?');
  });

  it('asks for the URL of the API if the document has none', async () => {
    await place.say(pets({}, { servers: [], security: [] }));
    const session = new Session(['init', '-u', place.spec, '-o', place.output, '--auth', 'oauth2']);
    await session.see('Which operations become tools?', key.down, key.down, key.down, key.enter);
    await session.see('Which operations? All are selected');
    await session.see('GET /pets', 'a', key.enter);
    await session.see('Choose at least one.', key.space);
    await session.see('1 tool, about', key.enter);
    await session.see('Which public URL', key.enter);
    await session.see('How should the server call the API?', key.enter);
    await session.see('Which base URL does the API have?', 'ftp://x', key.enter);
    await session.see('It must be an http(s):// URL', key.ctrlU, key.enter);
    await session.see('--include listPets');
    await session.see('Run it now?', key.enter);
    await declineRest(session);
    expect((await session.result()).status).toBe(0);
    expect(session.screen).toContain(
      'Still to be set, in .env:\n  OAUTH_AUTHORIZATION_SERVER=…\n  UPSTREAM_BASE_URL=…\n',
    );
    expectNarrow(session, 'Which base URL');
  });

  it.each([
    ['Ctrl-C', (session: Session) => session.keyboard.write(key.ctrlC)],
    ['Ctrl-D', (session: Session) => session.keyboard.write(key.ctrlD)],
    ['closing the terminal', (session: Session) => session.keyboard.end()],
  ])('leaves nothing behind after %s', async (_, leave) => {
    const before = await readdir(place.folder);
    const session = new Session(['init', '-u', place.spec, '-o', place.output, '--auth', 'none']);
    await session.see('Which operations become tools?');
    leave(session);
    const { status, stdout, stderr } = await session.result();
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
    expect(stderr).toContain('Cancelled. Nothing was written.');
    expect(stderr).not.toContain('    at ');
    expect(await readdir(place.folder)).toEqual(before);
    expect(session.keyboard.isRaw).toBe(false);
  });

  it('checks an issuer that a flag names, without a question', async () => {
    const session = new Session(['init', '-u', place.spec, '--oauth-server', 'http://127.0.0.1:9']);
    await session.see('Which operations become tools?', key.enter);
    await session.see('No metadata at http://127.0.0.1:9/');
    await session.see('Which public URL', key.ctrlC);
    expect((await session.result()).status).toBe(130);
    expect(session.screen).not.toContain('Who may call this server?');
  });

  it('offers the operations that read, and remembers the choice as --read-only', async () => {
    const session = new Session(['init', '-u', place.spec, '-o', place.output, '--auth', 'none']);
    await session.see('Which operations become tools?', key.down);
    await session.see('Only those that read (3) (about', key.enter);
    await session.see('How should the server call the API?', key.enter);
    await session.see('--read-only');
    await session.see('Run it now?', key.enter);
    await declineRest(session);
    expect((await session.result()).stdout).toContain('pets: 3 tools');
    expect(await written('openapi-to-mcp.lock')).toContain('"read-only": true');
  });

  it.each([
    ['if all operations read', { '/pets': { get: operation('listPets') } }, []],
    ['if a flag decides it', {}, ['--read-only']],
  ])('does not offer the operations that read %s', async (_, paths, flags) => {
    await place.say(pets(paths));
    const session = new Session(['init', '-u', place.spec, '--auth', 'none', ...flags]);
    if (flags.length === 0) await session.see('Which operations become tools?', key.enter);
    await session.see('How should the server call the API?', key.ctrlC);
    expect((await session.result()).status).toBe(130);
    expect(session.screen).not.toContain('Only those that read');
    expect(session.screen.includes('Which operations')).toBe(flags.length === 0);
  });

  it.each([
    ['three tools', [], '--tools search'],
    ['each', [key.down], '--auth none'],
  ])('proposes search mode for more tools than clients accept: %s', async (_, keys, flag) => {
    await place.say(pets(many));
    const session = new Session(['init', '-u', place.spec, '-o', place.output, '--auth', 'none']);
    await session.see('Which operations become tools?', key.enter);
    await session.see('How should the server offer them?');
    await session.see('Three tools find and call them (3 tools, about', ...keys, key.enter);
    await session.see('How should the server call the API?', key.enter);
    await session.see(flag);
    await session.see('Run it now?', 'n', key.enter);
    expect((await session.result()).status).toBe(0);
    expect(session.screen.includes('--tools')).toBe(keys.length === 0);
  });

  it('does not propose search mode if a flag decides how tools are offered', async () => {
    await place.say(pets(many));
    const flags = ['--auth', 'none', '--tools', 'all'];
    const session = new Session(['init', '-u', place.spec, '-o', place.output, ...flags]);
    await session.see('Which operations become tools?', key.enter);
    await session.see('How should the server call the API?', key.ctrlC);
    expect((await session.result()).status).toBe(130);
    expect(session.screen).not.toContain('How should the server offer them?');
  });

  it('does not ask again if a flag is wrong', async () => {
    const session = new Session(['init', '-u', place.spec, '--base-url', 'x']);
    expect(await session.result()).toMatchObject({ status: 2 });
    expect(session.screen).toContain('INVALID_OPTION at --base-url');
  });

  it('shows no control characters of the document on a terminal', async () => {
    const paths = { '/x': { get: { tags: ['t\u001b[2Jag'], responses: {} } } };
    await place.say(pets(paths, { info: { title: 'P\u001b[2Jets', version: '1' } }));
    const session = new Session(['init', '-u', place.spec]);
    await session.see('P[2Jets');
    await session.see('t\uFFFD[2Jag');
    await session.see('Which operations become tools?', key.ctrlC);
    expect((await session.result()).status).toBe(130);
  });
});
