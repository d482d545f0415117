import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLock } from '../../src/lock/lock.js';
import { run } from '../support/command-line.js';
import { listen } from '../support/http.js';
import { makePlace, operation, pets, type Place } from './pets.js';

const here = process.cwd();
let place: Place;

beforeEach(async () => {
  place = await makePlace();
});

afterEach(async () => {
  process.chdir(here);
  await place.remove();
});

const issuer = ['--oauth-server', 'https://a.example'];
const first = (...flags: string[]) =>
  run(['generate', '-u', place.spec, '-o', place.output, ...flags]);
const again = (...flags: string[]) => run(['generate', '-o', place.output, ...flags]);
const inProject = (path: string) => readFile(join(place.output, path), 'utf8');
const lock = async () => parseLock(await inProject('openapi-to-mcp.lock'));
/** The tools of the project, as its lock names their files. */
const tools = async () =>
  [...(await lock()).files.keys()].flatMap((path) => {
    const [, stem] = /^src\/generated\/tools\/(.*)\.ts$/.exec(path) ?? [];
    return stem === undefined ? [] : [stem.replaceAll('-', '_')];
  });

describe('generate without --url', () => {
  it('repeats the run that made the project', async () => {
    await first(...issuer);
    expect(await again()).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('nothing changed') as string,
    });
    await place.say(pets({ '/cats': { get: operation('listCats') } }));
    expect((await again()).stdout).toContain('1 new');
    expect(await tools()).toContain('list_cats');
  });

  it('does so in the project itself', async () => {
    await first(...issuer);
    await place.say(pets({ '/cats': { get: operation('listCats') } }));
    process.chdir(place.output);
    expect((await run(['generate'])).status).toBe(0);
    expect(await tools()).toContain('list_cats');
    expect((await run(['generate', '--check'])).stdout).toBe('. is up to date.\n');
  });

  it('finds the files of the flags from any folder', async () => {
    const overlay = join(place.folder, 'names.json');
    const action = { target: "$.paths['/pets'].get", update: { 'x-mcp': { name: 'find_pets' } } };
    const info = { title: 'Names', version: '1' };
    await writeFile(overlay, JSON.stringify({ overlay: '1.0.0', info, actions: [action] }));
    await first(...issuer, '--overlay', overlay);
    const before = await inProject('openapi-to-mcp.lock');
    for (const cwd of [place.folder, join(place.output, 'src'), here]) {
      process.chdir(cwd);
      const { status, stdout } = await run(['generate', '-o', relative('.', place.output)]);
      expect([status, stdout]).toEqual([0, expect.stringContaining('nothing changed')]);
    }
    expect(await inProject('openapi-to-mcp.lock')).toBe(before);
    expect(await tools()).toContain('find_pets');
  });

  const everything = [
    ...['--allow-private', '--name', 'zoo', '--auth', 'oauth2', ...issuer],
    ...['--resource-url', 'https://zoo.example/mcp', '--base-url', 'https://up.example'],
    ...['--scopes', 'method', '--include', 'tag:pets', '--include', 'tag:owners'],
    ...['--exclude', 'deprecated', '--exclude', 'POST /**'],
  ];

  it('has every flag of that run', async () => {
    await first(...everything);
    expect((await lock()).flags).toEqual({
      url: '../spec.json',
      name: 'zoo',
      auth: 'oauth2',
      'oauth-server': 'https://a.example',
      'resource-url': 'https://zoo.example/mcp',
      'base-url': 'https://up.example',
      scopes: 'method',
      include: ['tag:pets', 'tag:owners'],
      exclude: ['deprecated', 'POST /**'],
    });
    expect((await again()).stdout).toContain('nothing changed');
  });

  it.each([
    [['--include', 'tag:owners'], { include: ['tag:owners'] }],
    [['--exclude', 'tag:owners'], { exclude: ['tag:owners'] }],
    [['--scopes', 'none'], { scopes: 'none' }],
    [['--name', 'aviary'], { name: 'aviary' }],
    [['--base-url', 'https://other.example'], { 'base-url': 'https://other.example' }],
    [['--auth', 'none'], { auth: 'none', 'oauth-server': undefined }],
  ])('lets %j replace what was recorded', async (flags, expected) => {
    await first(...everything);
    const before = (await lock()).flags;
    expect((await again(...flags)).status).toBe(0);
    expect((await lock()).flags).toEqual({ ...before, ...expected });
  });

  it('lets --oauth-server replace a recorded --auth none', async () => {
    await first('--auth', 'none');
    expect((await again(...issuer)).status).toBe(0);
    expect((await lock()).flags).toEqual({
      url: '../spec.json',
      'oauth-server': 'https://a.example',
    });
  });

  it('reports the missing options when there is nothing to repeat', async () => {
    process.chdir(place.folder);
    const generate = [['generate'], ['generate', '--check'], ['generate', '-o', 'nowhere']];
    for (const argv of [...generate, ['diff'], ['diff', 'nowhere']]) {
      const { status, stdout, stderr } = await run(argv);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(
        /^MISSING_OPTION at --url\n {2}No document was given, and (\.|nowhere) has no openapi-to-mcp\.lock .*\n {2}.*--url <file or URL>.*in the folder of a project.*--output <dir>/,
      );
    }
    expect(await readdir(place.folder)).toEqual(['spec.json']);
  });

  it('enters a folder whose name begins with a dash', async () => {
    process.chdir(place.folder);
    const { stdout } = await run(['generate', '-u', 'spec.json', '--output=-out', ...issuer]);
    expect(stdout).toContain('\n  cd ./-out && ');
  });

  it('names the lock, if that is where a missing document is recorded', async () => {
    await first(...issuer);
    await rm(place.spec);
    const message = /^SOURCE_NOT_FOUND at --url\n.*\n {2}.*openapi-to-mcp\.lock.*--url/;
    for (const argv of [[], ['--check']]) expect((await again(...argv)).stderr).toMatch(message);
    expect((await again('-u', place.spec)).stderr).not.toMatch(message);
  });

  it('stops at a lock that it cannot read', async () => {
    await first(...issuer);
    await writeFile(join(place.output, 'openapi-to-mcp.lock'), '<<<<<<< HEAD');
    expect(await again()).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^BROKEN_LOCK/) as string,
    });
  });
});

describe('a header of --header', () => {
  it('is never recorded, and must be passed again', async () => {
    const server = await listen((request, response) => {
      response.statusCode = request.headers.authorization === 'Bearer t0p-secret-77' ? 200 : 401;
      response.end(JSON.stringify(pets()));
    });
    try {
      const url = server.url.replace('//', '//user:passw0rd@');
      const header = ['--header', 'Authorization: Bearer t0p-secret-77'];
      const output = ['-o', place.output];
      expect((await run(['generate', '-u', url, ...output, ...header, ...issuer])).status).toBe(0);
      for (const path of await readdir(place.output, { recursive: true })) {
        const content = await inProject(path).catch(() => '');
        expect(content, path).not.toMatch(/t0p-secret-77|passw0rd/);
      }
      const named = await again('-u', url, ...header);
      expect(named.stdout).toContain('nothing changed');
      expect((await again('--allow-private')).stderr).toMatch(/^SOURCE_HTTP_STATUS/);
    } finally {
      await server.close();
    }
  });
});

describe('generate with --url in a project that has options', () => {
  const everything = [
    ...['--name', 'zoo', ...issuer, '--resource-url', 'https://zoo.example/mcp'],
    ...['--base-url', 'https://up.example', '--scopes', 'method'],
    ...['--include', 'tag:pets', '--include', 'tag:owners', '--exclude', 'deprecated'],
  ];

  it('keeps every option that no flag replaces', async () => {
    await first(...everything);
    const before = await lock();
    const { stdout } = await first();
    expect(stdout).toContain('nothing changed');
    expect(stdout).not.toMatch(/Dropped|Replaced/);
    expect(await lock()).toEqual(before);
  });

  it('finds no change in another name of the same document, and never prints a password', async () => {
    await first();
    process.chdir(place.folder);
    const path = await first('-u', `./${relative('.', place.spec)}`);
    expect(path.stdout).not.toContain('Replaced');
    const text = await readFile(place.spec);
    const server = await listen((_, response) => response.end(text));
    const url = server.url.replace('//', '//ada:secret@');
    const moved = await first('-u', `${url}/a.json`);
    expect(moved.stdout).toContain(`; now --url ${server.url}/a.json.\n`);
    const again = await first('-u', `${url}/a.json`);
    expect(again.stdout).not.toContain('Replaced');
    const other = await first('-u', `${url}/b.json`, '--json');
    expect(other.stdout).toContain(`"${server.url}/b.json"`);
    for (const { stdout, stderr } of [moved, again, other])
      expect(stdout + stderr).not.toContain('secret');
    await server.close();
  });

  it('reports lost options first', async () => {
    await first(...everything);
    const { stdout } = await first(
      '--auth',
      'none',
      '--no-include',
      '--base-url',
      'https://b.example',
    );
    expect(stdout).toMatch(
      new RegExp(
        [
          '^Dropped: authentication\\. The server does not require a token\\.',
          'Dropped: --oauth-server https://a\\.example\\.',
          'Dropped: --include tag:pets --include tag:owners\\.',
          'Replaced: --base-url https://up\\.example; now --base-url https://b\\.example\\.',
          'zoo: ',
        ].join('\n'),
      ),
    );
    expect((await lock()).flags).not.toHaveProperty('include');
  });

  it('reports operations that write first, when --read-only is dropped', async () => {
    await first(...issuer, '--include', 'tag:pets', '--read-only');
    expect(await tools()).toEqual(['list_pets']);
    const flags = ['--no-read-only', '--no-include'];
    const shown = await run(['diff', place.output, ...flags]);
    expect(shown.stdout).toMatch(/compatible +add_pet +POST \/pets/);
    const { stdout } = await again(...flags);
    expect(stdout).toMatch(
      /^Dropped: --read-only\. Operations that write become tools\.\nDropped: --include tag:pets\.\n/,
    );
    expect(stdout).toMatch(/compatible +add_pet +POST \/pets/);
    expect(await tools()).toContain('add_pet');
  });

  it('reports it as JSON too', async () => {
    await first(...everything);
    const { stdout } = await first('--include', 'tag:pets', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      replaced: [{ flag: '--include', before: ['tag:owners'], after: [] }],
    });
  });

  it('updates the project around the current folder, and writes no second one into it', async () => {
    await first(...issuer);
    await place.say(pets({ '/cats': { get: operation('listCats') } }));
    for (const folder of [place.output, join(place.output, 'src/generated')]) {
      process.chdir(folder);
      expect((await run(['generate', '-u', place.spec])).status).toBe(0);
      expect(await readdir(folder)).not.toContain('pets-mcp-server');
    }
    expect(await tools()).toContain('list_cats');
    expect((await lock()).flags['oauth-server']).toBe('https://a.example');
  });

  it('writes elsewhere when --output says so, with no options of the project', async () => {
    await first(...issuer);
    process.chdir(place.output);
    const other = join(place.folder, 'other');
    expect((await run(['generate', '-u', place.spec, '-o', other])).status).toBe(0);
    const written = await readFile(join(other, 'openapi-to-mcp.lock'), 'utf8');
    expect(parseLock(written).flags).toEqual({ url: '../spec.json' });
  });

  it('finds the project in the default folder', async () => {
    process.chdir(place.folder);
    const generate = (...flags: string[]) => run(['generate', '-u', 'spec.json', ...flags]);
    await generate(...issuer);
    expect((await generate()).stdout).toContain('nothing changed');
    expect((await generate('--check')).stdout).toBe('./pets-mcp-server is up to date.\n');
    await generate('--auth', 'none');
    const written = await readFile('pets-mcp-server/openapi-to-mcp.lock', 'utf8');
    expect(parseLock(written).flags).toEqual({ url: '../spec.json', auth: 'none' });
  });

  it('does not treat a folder with its own package.json as a part of the project', async () => {
    await first(...issuer);
    const tool = join(place.output, 'tool');
    await mkdir(tool);
    await writeFile(join(tool, 'package.json'), '{}');
    process.chdir(tool);
    expect((await run(['generate', '-u', place.spec])).status).toBe(0);
    expect(await readdir(tool)).toContain('pets-mcp-server');
  });
});

describe('a project whose lock cannot be read', () => {
  it.each([
    ['broken', '<<<<<<< HEAD', 'BROKEN_LOCK'],
    ['of version 1', '{"lockVersion":1}', 'OLD_LOCK'],
    ['of a format to come', '{"lockVersion":4}', 'NEWER_LOCK'],
  ])('is not changed, even with --url, when it is %s', async (_, content, code) => {
    await first(...issuer);
    const path = join(place.output, 'openapi-to-mcp.lock');
    await writeFile(path, content);
    for (const argv of [[], ['-u', place.spec], ['-u', place.spec, '--check']]) {
      const { status, stderr } = await again(...argv);
      expect([status, stderr]).toEqual([2, expect.stringMatching(`^${code} at`)]);
    }
    const forced = await first('--force');
    expect([forced.status, forced.stderr]).toEqual([2, expect.stringMatching(/^LOST_OPTIONS/)]);
    expect(await readFile(path, 'utf8')).toBe(content);
    expect((await first('--force', ...issuer)).status).toBe(0);
    expect((await lock()).flags['oauth-server']).toBe('https://a.example');
  });

  it('is not changed when a newer generator wrote it', async () => {
    await first(...issuer);
    const newer = (await inProject('openapi-to-mcp.lock')).replace(
      /"generator": ".*"/,
      '"generator": "99.0.0"',
    );
    await writeFile(join(place.output, 'openapi-to-mcp.lock'), newer);
    expect((await again()).stderr).toMatch(/^NEWER_LOCK at .*\n {2}.*written by 99\.0\.0/);
  });

  it('is not overwritten by --force when the lock was deleted', async () => {
    await first(...issuer);
    await rm(join(place.output, 'openapi-to-mcp.lock'));
    expect((await first('--force')).stderr).toMatch(/^LOST_OPTIONS/);
  });
});

it('upgrades a lock of version 2, and says so in one sentence', async () => {
  await first(...issuer);
  const path = join(place.output, 'openapi-to-mcp.lock');
  const old = (await inProject('openapi-to-mcp.lock'))
    .replace('"lockVersion": 3', '"lockVersion": 2')
    .replace('"options": {', '"options": {\n    "allow-private": true,');
  await writeFile(path, old);
  expect((await again('--check')).stdout).toContain('update  openapi-to-mcp.lock');
  expect((await again()).stdout).toMatch(/^Upgraded: the lock from version 2 to 3, [^.\n]*\.\n/);
  expect((await again()).stdout).not.toContain('Upgraded');
});

describe('the generate script of an older project', () => {
  const scripted = () =>
    `openapi-to-mcp generate --url ../spec.json --include "tag:pets" --output .`;
  /** As npm runs the script, with what follows `npm run generate --`. */
  const npmRun = async (...more: string[]) => {
    process.chdir(place.output);
    const argv = ['generate', '--url', '../spec.json', '--include', 'tag:pets', '--output', '.'];
    return run([...argv, ...more], false, { npm_lifecycle_event: 'generate' });
  };
  const script = async (text: string) => {
    const manifest = JSON.parse(await inProject('package.json')) as { scripts: object };
    const scripts = { ...manifest.scripts, generate: text };
    const path = join(place.output, 'package.json');
    await writeFile(path, JSON.stringify({ ...manifest, scripts }));
  };

  beforeEach(async () => {
    await first(...issuer, '--include', 'tag:owners');
    await script(scripted());
  });

  it('never overrides the lock', async () => {
    const { status, stdout, stderr } = await npmRun();
    expect([status, stdout]).toEqual([0, expect.stringContaining('nothing changed')]);
    expect(stderr).toBe(
      `KEPT_GENERATE_SCRIPT at package.json\n  The options in the "generate" script are ignored: the lock records them now.\n` +
        `  Replace the line\n    "generate": ${JSON.stringify(scripted())}\n  with\n    "generate": "openapi-to-mcp generate"\n\n`,
    );
    expect((await lock()).flags.include).toEqual(['tag:owners']);
  });

  it('lets what follows `npm run generate --` count', async () => {
    expect((await npmRun('--include', 'tag:pets')).status).toBe(0);
    expect((await lock()).flags.include).toEqual(['tag:pets']);
    expect((await npmRun('--name', 'zoo')).status).toBe(0);
    expect((await lock()).flags).toMatchObject({ name: 'zoo', include: ['tag:pets'] });
  });

  it('is not distinguished from flags when it is more than one command', async () => {
    await script('openapi-to-mcp generate --url ../spec.json && prettier . --check');
    expect(await npmRun()).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^KEPT_GENERATE_SCRIPT/) as string,
    });
  });

  it('is bare in a new project', async () => {
    await rm(place.output, { recursive: true });
    await first(...issuer);
    const { scripts } = JSON.parse(await inProject('package.json')) as { scripts: object };
    expect(scripts).toMatchObject({ generate: 'openapi-to-mcp generate' });
  });
});

describe('the summary of a regeneration', () => {
  it('shows what changed, lost scopes first, and what to do next', async () => {
    await first(...issuer);
    const open = { get: operation('listOwners', { security: [{ oauth: [] }] }) };
    const { paths, ...rest } = pets() as { paths: Record<string, object> };
    const { '/pets': gone, ...others } = paths;
    expect(gone).toBeDefined();
    await place.say({ ...rest, paths: { ...others, '/owners': open } });
    const { stdout } = await again();
    expect(stdout.replace(/ +/g, ' ')).toMatch(
      /\nSEVERITY .*\nsecurity list_owners GET \/owners .*\nbreaking add_pet .*\nbreaking list_pets .*\n\n3 changes: 2 breaking, 1 security, 0 compatible\.\n\nNext:\n cd .* && npm install && npm run build && npm test\n git diff # review, then commit\n$/,
    );
    expect(stdout).not.toContain('.env');
  });

  it('names the loss of authentication first', async () => {
    await first(...issuer);
    const { stdout } = await again('--auth', 'none', '--json');
    const { changes } = JSON.parse(stdout) as { changes: { code: string }[] };
    expect(changes[0]?.code).toBe('AUTHENTICATION_DROPPED');
  });

  it('never overwrites .env on the first run', async () => {
    expect((await first()).stdout).toContain('cp -n .env.example .env');
  });
});

describe('a lock, which comes with a pull request,', () => {
  /** A project whose lock names a document at a private address. */
  async function project(url: string): Promise<void> {
    await first(...issuer);
    const path = join(place.output, 'openapi-to-mcp.lock');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll('../spec.json', url));
  }

  it.each([
    ['generate', () => ['generate', '-o', place.output]],
    ['--check', () => ['generate', '--check', '-o', place.output]],
    ['--check --force', () => ['generate', '--check', '--force', '-o', place.output]],
    ['diff', () => ['diff', place.output]],
  ])(
    'decides neither where headers are sent nor which addresses are reached: %s',
    async (_, argv) => {
      const asked: unknown[] = [];
      const server = await listen(({ headers }, response) => {
        asked.push(headers.authorization);
        response.end(JSON.stringify(pets()));
      });
      try {
        await project(server.url);
        const header = ['--header', 'Authorization: Bearer CI-SECRET'];
        const withHeader = await run([...argv(), ...header]);
        expect([withHeader.status, withHeader.stderr]).toEqual([
          2,
          expect.stringMatching(/^HEADER_WITHOUT_URL at --header/),
        ]);
        const bare = await run(argv());
        expect([bare.status, bare.stderr]).toEqual([2, expect.stringMatching(/^PRIVATE_ADDRESS/)]);
        expect(asked).toEqual([]);
        expect((await run([...argv(), '--allow-private'])).status).not.toBe(2);
        expect(asked).toEqual([undefined]);
        await run([...argv(), ...header, '--url', server.url]);
        expect(asked).toEqual([undefined, 'Bearer CI-SECRET']);
      } finally {
        await server.close();
      }
    },
  );
});
