import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordedOptions } from '../../src/commands/recorded-options.js';
import { InputError } from '../../src/errors.js';
import { parseLock } from '../../src/lock/parse-lock.js';
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
      stdout: expect.stringContaining('nothing has changed') as string,
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

  it('finds what the flags name from wherever it is run', async () => {
    const overlay = join(place.folder, 'names.json');
    const action = { target: "$.paths['/pets'].get", update: { 'x-mcp': { name: 'find_pets' } } };
    const info = { title: 'Names', version: '1' };
    await writeFile(overlay, JSON.stringify({ overlay: '1.0.0', info, actions: [action] }));
    await first(...issuer, '--overlay', overlay);
    const before = await inProject('openapi-to-mcp.lock');
    for (const cwd of [place.folder, join(place.output, 'src'), here]) {
      process.chdir(cwd);
      const { status, stdout } = await run(['generate', '-o', relative('.', place.output)]);
      expect([status, stdout]).toEqual([0, expect.stringContaining('nothing has changed')]);
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
      'allow-private': true,
      name: 'zoo',
      auth: 'oauth2',
      'oauth-server': 'https://a.example',
      'resource-url': 'https://zoo.example/mcp',
      'base-url': 'https://up.example',
      scopes: 'method',
      include: ['tag:pets', 'tag:owners'],
      exclude: ['deprecated', 'POST /**'],
    });
    expect((await again()).stdout).toContain('nothing has changed');
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

  it('has nothing to do with what was recorded when there is a --url', async () => {
    await first(...everything);
    await first(...issuer);
    expect((await lock()).flags).toEqual({
      url: '../spec.json',
      'oauth-server': 'https://a.example',
    });
  });

  it('says what is missing when there is nothing to repeat', async () => {
    process.chdir(place.folder);
    for (const argv of [['generate'], ['generate', '--check'], ['generate', '-o', 'nowhere']]) {
      const { status, stdout, stderr } = await run(argv);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(
        /^MISSING_OPTION at --url\n {2}There is no document to read, and no openapi-to-mcp\.lock in (\.|nowhere) .*\n {2}.*--url <file or URL>.*--output <dir>/,
      );
    }
    expect(await readdir(place.folder)).toEqual(['spec.json']);
  });

  it('refuses a lock that recorded no options', async () => {
    await first(...issuer);
    const hash = 'a'.repeat(64);
    const old = {
      lockVersion: 1,
      generator: '0',
      source: '../spec.json',
      specHash: hash,
      files: {},
    };
    await writeFile(join(place.output, 'openapi-to-mcp.lock'), JSON.stringify(old));
    const { status, stderr } = await again();
    expect(status).toBe(2);
    expect(stderr).toMatch(/^OLD_LOCK at openapi-to-mcp\.lock\n.*\n {2}.*--url.*--force/);
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
  it('is recorded nowhere, and has to be given again', async () => {
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
      expect((await again(...header)).stdout).toContain('nothing has changed');
      expect((await again()).status).toBe(2);
    } finally {
      await server.close();
    }
  });
});

describe('recordedOptions', () => {
  it('are what a command line would say, seen from here', async () => {
    await first(...issuer, '--include', 'tag:pets', '--allow-private');
    process.chdir(place.folder);
    expect(await recordedOptions('out')).toEqual({
      url: 'spec.json',
      output: 'out',
      oauthServer: 'https://a.example',
      include: ['tag:pets'],
      allowPrivate: true,
    });
    expect(await recordedOptions(place.output)).toMatchObject({ url: place.spec });
  });

  it('are none where there is no project', async () => {
    expect(await recordedOptions(place.folder)).toBeUndefined();
    expect(await recordedOptions(join(place.folder, 'nowhere'))).toBeUndefined();
    await mkdir(place.output);
    await writeFile(join(place.output, 'openapi-to-mcp.lock'), '{}');
    await expect(recordedOptions(place.output)).rejects.toThrow(InputError);
    await rm(place.output, { recursive: true });
  });
});
