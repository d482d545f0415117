import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDesk, type Desk } from '../add/desk.js';
import { makePlace, pets, type Place } from '../commands/pets.js';
import { run } from '../support/command-line.js';
import { key, Session } from './session.js';

let place: Place;

const paths = { '/pets': { get: { operationId: 'listPets', responses: {} } } };
const apiKey = { type: 'apiKey', in: 'header', name: 'X-Key' };

beforeEach(async () => {
  place = await makePlace();
  const components = { securitySchemes: { key: apiKey } };
  await place.say(pets({}, { components, paths, security: [{ key: [] }] }));
});

afterEach(() => place.remove());

const dotenv = () => join(place.output, '.env');
const readDotenv = () => readFile(dotenv(), 'utf8');

/** Answers every question up to the run that writes the project. */
async function generated(more: ConstructorParameters<typeof Session>[1] = {}): Promise<Session> {
  const argv = ['init', '-u', place.spec, '-o', place.output, '--auth', 'none'];
  const session = new Session(argv, more);
  await session.see('How should the server call the API?', key.enter);
  await session.see('Run it now?', key.enter);
  return session;
}

/** An npm that records its arguments. */
async function recordedNpm(): Promise<{
  env: Record<string, string>;
  calls: () => Promise<string>;
}> {
  const bin = join(place.folder, 'bin');
  const log = join(place.folder, 'npm.log');
  await mkdir(bin);
  await writeFile(join(bin, 'npm'), `#!/bin/sh\necho "$PWD $*" >> '${log}'\n`);
  await chmod(join(bin, 'npm'), 0o755);
  const env = { PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
  return { env, calls: () => readFile(log, 'utf8').catch(() => '') };
}

describe('the end of the wizard', () => {
  it('does nothing more when everything is declined with Enter', async () => {
    const { env, calls } = await recordedNpm();
    const session = await generated({ env });
    await session.see('API key (UPSTREAM_API_KEY; empty: set it later)', key.enter);
    await session.see('Still to be set, in .env:\n  UPSTREAM_API_KEY=…');
    await session.see('Install and build it now?', key.enter);
    expect((await session.result()).status).toBe(0);
    expect(existsSync(dotenv())).toBe(false);
    expect(await calls()).toBe('');
    expect(session.screen).not.toContain('(dev)');
    expect(session.screen).toContain(
      `Next:\n  cd "${place.output}" && cp -n .env.example .env   # then fill it in\n  npm install && npm run build\n  npm start\n`,
    );
  });

  it('reads the key without showing it, and writes it to a .env that only its owner can read', async () => {
    const session = await generated();
    await session.see('UPSTREAM_API_KEY', 's3cret-key', key.enter);
    await session.see('Install and build it now?', key.enter);
    await session.result();
    const example = await readFile(join(place.output, '.env.example'), 'utf8');
    expect(await readDotenv()).toBe(
      example.replace(/^UPSTREAM_API_KEY=.*$/m, 'UPSTREAM_API_KEY=s3cret-key'),
    );
    expect((await stat(dotenv())).mode & 0o777).toBe(0o600);
    expect(session.screen).not.toContain('s3cret-key');
    expect(session.screen).not.toContain('Still to be set');
  });

  it('keeps the values in .env, and does not ask for them', async () => {
    await run(['generate', '-u', place.spec, '-o', place.output]);
    await writeFile(dotenv(), '# mine\nUPSTREAM_API_KEY=\nPORT=3999\n');
    const session = await generated();
    await session.see('UPSTREAM_API_KEY', 'new', key.enter);
    await session.see('Install and build it now?', key.enter);
    await session.result();
    expect(await readDotenv()).toBe('# mine\nUPSTREAM_API_KEY=new\nPORT=3999\n');

    const again = await generated();
    await again.see('Install and build it now?', key.enter);
    await again.result();
    expect(again.screen).not.toContain('set it later');
  });

  it('writes the chosen kind of credentials with them', async () => {
    await place.say(pets({}, { components: {}, paths }));
    const argv = ['init', '-u', place.spec, '-o', place.output, '--auth', 'none'];
    const session = new Session(argv);
    await session.see('How should the server call the API?', key.down, key.down);
    await session.see('With a fixed bearer token (', key.enter);
    await session.see('Run it now?', key.enter);
    await session.see('access token (UPSTREAM_BEARER_TOKEN', 'abc', key.enter);
    await session.see('Install and build it now?', key.enter);
    await session.result();
    expect(await readDotenv()).toMatch(/^UPSTREAM_AUTH=bearer$/m);
    expect(await readDotenv()).toMatch(/^UPSTREAM_BEARER_TOKEN=abc$/m);
    expect(session.screen).not.toContain('Still to be set');
  });

  it('installs and builds, and offers dev', async () => {
    const { env, calls } = await recordedNpm();
    const session = await generated({ env });
    await session.see('UPSTREAM_API_KEY', key.enter);
    await session.see('Install and build it now?', 'y');
    await session.see('Installed and built.');
    await session.see('Run it now, with a mock of its API (dev)?', key.enter);
    expect((await session.result()).status).toBe(0);
    expect(await calls()).toBe(
      `${place.output} install --no-audit --no-fund\n${place.output} run --silent build\n`,
    );
  });

  it('offers dev with the API itself if it can be called, and ends with the remaining steps', async () => {
    const { env } = await recordedNpm();
    const session = await generated({ env });
    await session.see('UPSTREAM_API_KEY', 's3cret-key', key.enter);
    await session.see('Install and build it now?', 'y');
    await session.see('Run it now (dev)?');
    await session.see('With the API itself, at https://', key.enter);
    expect((await session.result()).status).toBe(0);
    expect(session.screen).toContain(`Next:\n  cd "${place.output}" && npm start\n`);
    expect(session.screen.match(/Next:/g)).toHaveLength(1);
  });

  it('reports that the project exists when the user cancels', async () => {
    const session = await generated();
    await session.see('UPSTREAM_API_KEY', key.ctrlC);
    expect((await session.result()).status).toBe(130);
    expect(session.screen).toContain(`Cancelled. The project is in ${place.output}.`);
    expect(existsSync(place.output)).toBe(true);
  });

  it('ends when the terminal is closed at the hidden question', async () => {
    const session = await generated();
    await session.see('UPSTREAM_API_KEY');
    session.keyboard.end();
    expect((await session.result()).status).toBe(130);
    expect(existsSync(dotenv())).toBe(false);
  });

  it('does nothing of this without a terminal', async () => {
    const { env, calls } = await recordedNpm();
    const flags = ['-u', place.spec, '-o', place.output, '--auth', 'none'];
    expect((await run(['init', ...flags], false, env)).status).toBe(0);
    expect(existsSync(dotenv())).toBe(false);
    expect(await calls()).toBe('');
  });
});

describe('dev at the end of the wizard', () => {
  let desk: Desk;

  beforeEach(async () => {
    desk = await openDesk();
  });

  afterEach(() => desk.remove());

  it('runs the project until Ctrl-C', async () => {
    const signals = new EventEmitter();
    const session = await generated({
      env: desk.env,
      execPath: process.execPath,
      once: (signal, listener) => signals.once(signal, listener),
    });
    await session.see('UPSTREAM_API_KEY', key.enter);
    await session.see('Install and build it now?', 'y');
    await expect.poll(() => session.screen).toContain('Installed and built.');
    await session.see('(dev)?', 'y');
    await expect.poll(() => session.stdout).toContain('Ctrl-C');
    const [url = ''] = /http:\/\/\S+\/mcp/.exec(session.stdout) ?? [];
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
    signals.emit('SIGINT');
    expect((await session.result()).status).toBe(0);
  });
});
