import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../src/cli.js';
import { run, Sink } from './support/command-line.js';

let folder: string;
let spec: string;
let output: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'My cli ü-'));
  spec = join(folder, 'spec.json');
  output = join(folder, 'out');
  await writeFile(spec, JSON.stringify(document({ '/pets': { get: operation('listPets') } })));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

function document(paths: object): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Pets', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    components: {
      securitySchemes: {
        oauth: {
          type: 'oauth2',
          flows: { clientCredentials: { tokenUrl: 'https://a.example/t', scopes: { read: '' } } },
        },
      },
    },
    paths,
  };
}

function operation(operationId: string, more: object = {}): object {
  return {
    operationId,
    security: [{ oauth: ['read'] }],
    responses: { 200: { description: 'ok' } },
    ...more,
  };
}

const generate = (...flags: string[]) => run(['generate', '-u', spec, '-o', output, ...flags]);

const guarded = ['--oauth-server', 'https://a.example'];

describe('generate', () => {
  it('writes a project and says what, where and what next', async () => {
    const { status, stdout, stderr } = await generate(...guarded);
    expect(status).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^pets: 1 tool, about \d+ tokens to list them\.\nCallers need an access token issued by https:\/\/a\.example\.\nWritten to .*out: \d+ files \(\d+ new\)\./,
    );
    expect(stdout).toContain(
      `Next:\n  cd "${output}" && cp -n .env.example .env   # then fill it in\n  npm install && npm run build\n  npm start\n`,
    );
    expect(await readdir(output)).toContain('package.json');
  });

  it('counts the operations, and the tools that find and call them, in search mode', async () => {
    const { stdout } = await generate('--tools', 'search');
    expect(stdout).toMatch(/^pets: 1 operation behind 3 tools, about \d+ tokens to list them\.\n/);
  });

  it('names the document as seen from the project', async () => {
    await generate(
      '--include',
      'GET /pets',
      '--auth',
      'oauth2',
      '--oauth-server',
      'https://a.example',
    );
    const manifest = await readFile(join(output, 'package.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({
      scripts: { generate: 'openapi-to-mcp generate' },
    });
    const lock = await readFile(join(output, 'openapi-to-mcp.lock'), 'utf8');
    expect(JSON.parse(lock)).toMatchObject({
      source: { location: '../spec.json' },
      options: { url: '../spec.json', include: ['GET /pets'] },
    });
    expect(manifest + lock).not.toContain(folder);
  });

  it('reports as JSON', async () => {
    const { status, stdout, stderr } = await generate('--json', ...guarded);
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      directory: output,
      name: 'pets',
      tools: 1,
      warnings: [],
    });
  });

  it('has nothing to do next when nothing has changed', async () => {
    await generate(...guarded);
    const { stdout } = await generate(...guarded);
    expect(stdout).toMatch(/nothing changed\.\n$/);
  });

  it('warns about scopes that are not checked', async () => {
    expect((await generate()).stderr).toMatch(/^UNCHECKED_SCOPES at --auth\n {2}1 tool would need/);
    expect((await generate(...guarded)).stderr).not.toContain('UNCHECKED_SCOPES');
  });

  it('warns about a foreign package.json, which cannot build the project, and keeps it', async () => {
    await mkdir(output);
    await writeFile(join(output, 'package.json'), '{"name":"theirs"}');
    const { stderr } = await generate(...guarded);
    expect(stderr).toMatch(/^KEPT_PACKAGE_JSON at package\.json\n.*scripts\.\n.*--output/m);
    expect(await readFile(join(output, 'package.json'), 'utf8')).toBe('{"name":"theirs"}');
  });

  it('warns about dependencies that are missing', async () => {
    await generate(...guarded);
    const path = join(output, 'package.json');
    const { dependencies: _, ...rest } = JSON.parse(await readFile(path, 'utf8')) as object & {
      dependencies: object;
    };
    await writeFile(path, JSON.stringify(rest));
    expect((await generate(...guarded)).stderr).toMatch(
      /^KEPT_PACKAGE_JSON at package\.json\n.*\n {2}npm install --save-exact .*jose@/m,
    );
  });

  it('takes ~ for the home folder where no shell has', async () => {
    vi.stubEnv('HOME', folder);
    const { stdout } = await run(['generate', '--url=~/spec.json', '--output=~/out', ...guarded]);
    expect(stdout).toContain(`Written to ${output}: `);
  });

  it.each([
    ['node_modules/\n', true],
    ['#.env\n.envrc\n.env.local\n', true],
    ['dist\r\n.env\r\n', false],
    ['/.env*\n', false],
    ['**/.env\n', false],
  ])(
    'reports whether a foreign .gitignore, %j, lets .env be committed: %s',
    async (text, warns) => {
      await mkdir(output);
      await writeFile(join(output, '.gitignore'), text);
      const { stderr } = await generate(...guarded);
      expect(stderr.includes('KEPT_GITIGNORE at .gitignore')).toBe(warns);
      expect(await readFile(join(output, '.gitignore'), 'utf8')).toBe(text);
    },
  );

  it('respects the .gitignore of the whole repository', async () => {
    await mkdir(output);
    await mkdir(join(folder, '.git'));
    await writeFile(join(folder, '.gitignore'), '.env\n');
    await writeFile(join(output, '.gitignore'), 'dist/\n');
    expect((await generate(...guarded)).stderr).not.toContain('KEPT_GITIGNORE');
  });

  it('warns about older dependencies, which a new runtime may not work with', async () => {
    await generate(...guarded);
    const path = join(output, 'package.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as { dependencies: object };
    const dependencies = { ...manifest.dependencies, jose: '1.0.0' };
    await writeFile(path, JSON.stringify({ ...manifest, dependencies }));
    expect((await generate(...guarded)).stderr).toMatch(
      /^KEPT_PACKAGE_JSON at package\.json\n.*older.*\n {2}npm install --save-exact jose@[\d.]+\n/,
    );
  });

  it('compares instead of writing with --check', async () => {
    await generate();
    const second = await generate('--check');
    expect(second).toMatchObject({ status: 0, stdout: `${output} is up to date.\n` });
    const json = await generate('--check', '--json', '--name', 'other');
    expect(json.status).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false });
  });

  it('stops at hand-edited files, unless --force is given', async () => {
    await generate();
    await writeFile(join(output, 'src/generated/api.ts'), 'edited');
    const { status, stdout, stderr } = await generate();
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^HAND_EDITED at --output\n {2}.*src\/generated\/api\.ts/);
    expect((await generate('--force')).stdout).toContain('1 file (1 rewritten)');
  });

  it('warns about skipped parts and about too many tools, with remedies', async () => {
    const paths = Object.fromEntries(
      Array.from({ length: 129 }, (_, index) => [
        `/a${index}`,
        {
          get: operation(`op${index}`, { description: 'word '.repeat(390) }),
          trace: operation(`t${index}`),
        },
      ]),
    );
    await writeFile(spec, JSON.stringify(document(paths)));
    const { status, stdout, stderr } = await generate();
    expect(status).toBe(0);
    expect(stdout).toMatch(/^pets: 129 tools, about \d\d,\d\d\d tokens/);
    expect(stdout).toMatch(/Skipped or changed: 129 [A-Z_]+\./);
    expect(stderr).toMatch(/… and 124 more/);
    expect(stderr).toMatch(/^MANY_TOOLS at --include\n.*\n.*--exclude/m);
    expect(stderr).toMatch(/^MANY_TOKENS at --include$/m);
  });

  it('puts progress on a terminal only', async () => {
    vi.stubEnv('FORCE_COLOR', undefined);
    vi.stubEnv('NO_COLOR', '1');
    const { stderr } = await run(['generate', '-u', spec, '-o', output, ...guarded], true);
    expect(stderr).toContain(`\r\u001b[KReading ${spec}`);
    expect(stderr.endsWith('\r\u001b[K')).toBe(true);
    expect((await run(['generate', '-u', spec, '-o', output, '--json'], true)).stderr).toBe('');
  });
});

describe('inspect', () => {
  it('prints the tools', async () => {
    const { status, stdout } = await run(['inspect', '-u', spec]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^TOOL {7}REQUEST {4}TOKENS {2}SCOPES\nlist_pets {2}GET \/pets {6}\d\d {2}read\n\n1 tool, /,
    );
    expect(await readdir(folder)).toEqual(['spec.json']);
  });

  it('prints them as JSON', async () => {
    const { stdout } = await run(['inspect', '-u', spec, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      tools: [{ name: 'list_pets', method: 'GET', path: '/pets', scopes: [['read']] }],
    });
  });

  it('keeps text of a document from controlling the terminal', async () => {
    const paths = { '/\u001b]0;owned\u0007\u202e': { get: operation('x') } };
    await writeFile(spec, JSON.stringify(document(paths)));
    const { stdout, stderr } = await run(['inspect', '-u', spec]);
    expect(stdout).toContain('GET /\ufffd]0;owned\ufffd\ufffd');
    expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  });
});

describe('validate', () => {
  it('reports that a document is ready', async () => {
    const { status, stdout } = await run(['validate', '-u', spec]);
    expect([status, stdout]).toEqual([0, 'Ready to generate: 1 tool, 0 warnings.\n']);
  });

  it('exits with 1 for problems of the document, and prints them', async () => {
    await writeFile(spec, '{"openapi": "3.1.0",');
    const text = await run(['validate', '-u', spec]);
    expect([text.status, text.stdout]).toEqual([1, 'Cannot be used: 1 problem.\n']);
    expect(text.stderr).toMatch(/^[A-Z_]+ at .*spec\.json/);
    const json = await run(['validate', '-u', spec, '--json']);
    expect([json.status, json.stderr]).toEqual([1, '']);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, problems: [{}] });
  });

  it('exits with 2 when there is no document', async () => {
    expect((await run(['validate', '-u', join(folder, 'nope')])).status).toBe(2);
  });
});

describe('a command line that is wrong', () => {
  it.each([
    [['generate', '--outptu', 'x'], 'UNKNOWN_OPTION at --outptu', 'Did you mean --output?'],
    [['generate', '--out', 'x'], 'UNKNOWN_OPTION at --out', 'Did you mean --output?'],
    [['generate', '--URL', 'x'], 'UNKNOWN_OPTION at --URL', 'Did you mean --url?'],
    [['inspect', '--spec', 'x'], 'UNKNOWN_OPTION at --spec', 'Did you mean --url?'],
    [['generate', '-i', 'x'], 'UNKNOWN_OPTION', 'Did you mean --url?'],
    [['generate', '--input=x.yaml'], 'UNKNOWN_OPTION at --input', 'Did you mean --url?'],
    [['generate', '--tag', 'x'], 'UNKNOWN_OPTION at --tag', 'Did you mean --include?'],
    [['doctor', '--tag', 'x'], 'UNKNOWN_OPTION at --tag', 'See openapi-to-mcp --help'],
    [['generat'], 'UNKNOWN_COMMAND', 'Did you mean generate?'],
    [['gen'], 'UNKNOWN_COMMAND', 'Did you mean generate?'],
    [['check'], 'UNKNOWN_COMMAND', 'Did you mean validate?'],
    [['version'], 'UNKNOWN_COMMAND', 'Did you mean --version?'],
    [['-v'], 'UNKNOWN_OPTION', 'Did you mean --version?'],
    [['my api.yaml'], 'UNKNOWN_COMMAND', 'openapi-to-mcp generate --url "my api.yaml"'],
    [['--url', 'x'], 'UNKNOWN_OPTION at --url', 'openapi-to-mcp generate --url <file or URL>'],
    [['-u', 'x'], 'UNKNOWN_OPTION', 'openapi-to-mcp generate --url <file or URL>'],
    [['generate'], 'MISSING_OPTION at --url', '--url <file or URL>'],
    [['inspect', '-u'], 'OPTION_MISSING_ARGUMENT at --url', '--help'],
    [['inspect', '-u', 'x', '--auth', 'y'], 'INVALID_ARGUMENT at --auth', 'none, oauth2'],
    [['inspect', '-u', 'x', '--scopes', 'y'], 'INVALID_ARGUMENT at --scopes', 'method'],
    [['inspect', '-u', 'x', '--auth', 'oauht2'], 'INVALID_ARGUMENT at --auth', 'you mean oauth2?'],
    [['completion', 'zhs'], 'INVALID_ARGUMENT', 'Did you mean zsh?'],
    [['help', 'generat'], 'UNKNOWN_COMMAND', 'Did you mean generate?'],
    [['generate', 'spec.yaml'], 'EXCESS_ARGUMENTS', '--url'],
    [['doctor', 'spec.yaml'], 'EXCESS_ARGUMENTS', 'names: see --help'],
    [['dev', 'nothere'], 'NO_PROJECT at nothere/src/generated/api.ts', 'no generated project here'],
    [['validate', '-u', 'x', '--output', 'y'], 'UNKNOWN_OPTION at --output', ''],
  ])('is exit 2 and a block: %j', async (argv, heading, detail) => {
    const { status, stdout, stderr } = await run(argv);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr.startsWith(`${heading}\n  `)).toBe(true);
    expect(stderr).toContain(detail);
    expect(stderr).not.toMatch(/^\s+at |\.ts:|error:/m);
  });

  it('does not repeat the value of an unknown option, which may be a secret', async () => {
    const { stderr } = await run(['doctor', "--tokne=it's secret"]);
    expect(stderr).toBe(
      "UNKNOWN_OPTION at --tokne\n  Unknown option '--tokne'.\n  Did you mean --token?\n",
    );
  });

  it('reports an option that was given twice with different values, and uses the last one', async () => {
    const { status, stdout, stderr } = await run(['validate', '-u', 'nope.json', '--url', spec]);
    expect([status, stdout]).toEqual([0, 'Ready to generate: 1 tool, 0 warnings.\n']);
    expect(stderr).toMatch(/^REPEATED_OPTION at --url\n/);
    const fine = ['-u', spec, '--url', spec, '--header', 'a: b', '--header', 'c: d'];
    expect((await run(['validate', ...fine])).stderr).toBe('');
  });

  it.each([
    [['--scopes', 'none', '--scopes', 'method'], '--scopes'],
    [['--output-schemas', '--output-schemas', 'none'], '--output-schemas'],
    [['--read-only', '--no-read-only'], '--no-read-only'],
    [['--no-include', '--include', '*'], '--include'],
  ])('reports that %j contradicts itself', async (flags, place) => {
    const argv = ['generate', '-u', spec, '-o', 'unwritten', '--check', ...flags];
    expect((await run(argv)).stderr).toMatch(new RegExp(`^REPEATED_OPTION at ${place}\n`, 'm'));
  });

  it('does not repeat a header, which may be a secret', async () => {
    const { status, stderr } = await run(['inspect', '-u', spec, '--header', 'Bearer s3cret']);
    expect([status, stderr.includes('s3cret')]).toEqual([2, false]);
    expect(stderr).toContain('INVALID_HEADER at --header');
  });

  it.each([
    ['generate', '--headr=Authorization: Bearer s3cret'],
    ['https://user:s3cret@example.com/openapi.json'],
  ])('does not repeat other secrets: %j', async (...argv) => {
    const { status, stderr } = await run(argv);
    expect([status, stderr.includes('s3cret')]).toEqual([2, false]);
  });

  it('is JSON with --json', async () => {
    const { status, stdout, stderr } = await run(['generate', '--json', '--outptu']);
    expect([status, stderr]).toEqual([2, '']);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems: [{ code: 'UNKNOWN_OPTION' }] });
  });

  it('is answered with the help when it is empty', async () => {
    const { status, stdout, stderr } = await run([]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Usage: openapi-to-mcp/);
    expect(stderr).not.toContain('outputHelp');
  });
});

describe('main', () => {
  it('fits a terminal of 80 columns, except for command lines to copy', async () => {
    const { stdout } = await run(['--help']);
    const names = [...stdout.matchAll(/^ {2}(\w+) .*\[options\]/gm)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const lines = (await run([name, '--help'])).stdout.split('\n');
      expect(lines.filter((line) => line.length > 80 && !/^ {2}\S*\$ /.test(line))).toEqual([]);
    }
  });

  it('prints help and version as results', async () => {
    const manifest = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await run(['--version'])).toEqual({
      status: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
    const { status, stdout } = await run(['generate', '--help']);
    expect(status).toBe(0);
    for (const flag of [
      'url',
      'output',
      'name',
      'auth',
      'oauth-server',
      'resource-url',
      'base-url',
      'scopes',
      'include',
      'exclude',
      'header',
      'check',
      'force',
      'json',
    ]) {
      expect(stdout).toContain(`--${flag}`);
    }
  });

  it('colours on a terminal, unless NO_COLOR is set', async () => {
    vi.stubEnv('FORCE_COLOR', undefined);
    vi.stubEnv('NO_COLOR', undefined);
    vi.stubEnv('NODE_DISABLE_COLORS', undefined);
    // The other variables from which Node decides what a terminal can show.
    vi.stubEnv('TERM', 'xterm');
    vi.stubEnv('CI', undefined);
    expect((await run(['generat'], true)).stderr).toContain('\u001b[31mUNKNOWN_COMMAND');
    expect((await run(['generat'])).stderr).toMatch(/^UNKNOWN_COMMAND/);
    vi.stubEnv('NO_COLOR', '1');
    expect((await run(['generat'], true)).stderr).toMatch(/^UNKNOWN_COMMAND/);
  });

  it('reports a defect, with the stack', async () => {
    const stderr = new Sink();
    const stdout = new Sink();
    stdout.write = () => {
      throw new TypeError('pipe is broken');
    };
    expect(await main(['inspect', '-u', spec], { stdout, stderr })).toBe(70);
    expect(stderr.text).toMatch(
      /^DEFECT at openapi-to-mcp .*\n {2}This is a defect of openapi-to-mcp/,
    );
    expect(stderr.text).toContain('TypeError: pipe is broken');
  });
});

describe('a password in a URL', () => {
  const url = 'http://ada:hunter2@127.0.0.1:9/a';
  it.each([
    ['validate', '--url', url],
    ['add', url, '--client', 'cursor'],
    ['call', url],
    ['doctor', '--server', url],
    ['doctor', '--oauth-server', url],
    ['doctor', '--server', url.replace('http', 'ftp')],
    ['dev', '.', '--public-url', url],
    ['dev', '.', '--upstream', url.replace('http', 'ftp')],
  ])('is not repeated: %s %s', async (...argv) => {
    const { status, stdout, stderr } = await run(argv);
    expect(status).not.toBe(0);
    expect(stdout + stderr).not.toContain('hunter2');
  });
});
