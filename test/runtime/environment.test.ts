import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Environment, unknownVariables } from '../../templates/src/runtime/environment.js';
import { nearest } from '../../templates/src/runtime/nearest.js';
import type { VariableName } from '../../templates/src/runtime/variables.js';
import { makeApi } from './upstream/wire.js';

/** The values that `ask` reads from variables, and its faults. */
function read<T>(values: Record<string, string | undefined>, ask: (env: Environment) => T) {
  const env = new Environment(values);
  const result = ask(env);
  try {
    env.throwProblems();
  } catch (error) {
    return { result, problem: (error as Error).message };
  }
  return { result };
}

describe('a variable', () => {
  it.each(['', '  ', '\t\n', undefined])('counts as not set if it is %j', (value) => {
    const of = <T>(name: VariableName, ask: (env: Environment) => T) =>
      read({ [name]: value }, ask);
    expect(of('HOST', (env) => env.text('HOST'))).toEqual({ result: undefined });
    expect(of('OAUTH_ISSUER', (env) => env.list('OAUTH_ISSUER'))).toEqual({ result: undefined });
    expect(of('PORT', (env) => env.integer('PORT'))).toEqual({ result: 3000 });
    expect(of('OAUTH_REQUIRE_AT_JWT', (env) => env.boolean('OAUTH_REQUIRE_AT_JWT'))).toEqual({
      result: false,
    });
    expect(of('UPSTREAM_AUTH', (env) => env.oneOf('UPSTREAM_AUTH'))).toEqual({ result: undefined });
    expect(of('HOST', (env) => env.names())).toEqual({ result: [] });
  });

  it('is a text without the spaces around it', () => {
    expect(read({ HOST: ' a b\n' }, (env) => env.text('HOST'))).toEqual({ result: 'a b' });
  });

  it.each(['a b', 'a,b', ' a ,\n b ', 'a,,b'])('is a list if it is %j', (value) => {
    expect(read({ UPSTREAM_SCOPES: value }, (env) => env.list('UPSTREAM_SCOPES'))).toEqual({
      result: ['a', 'b'],
    });
  });

  it.each(['["a","b"]', '[ "a",\n"b" ]', '["a",""," b "]'])(
    'is a list if it is the JSON %j',
    (value) => {
      expect(read({ UPSTREAM_SCOPES: value }, (env) => env.list('UPSTREAM_SCOPES'))).toEqual({
        result: ['a', 'b'],
      });
    },
  );

  it('is a list of an address in brackets', () => {
    const value = '[::1] [fd00::1]';
    expect(read({ MCP_ALLOWED_HOSTS: value }, (env) => env.list('MCP_ALLOWED_HOSTS'))).toEqual({
      result: ['[::1]', '[fd00::1]'],
    });
  });

  it.each([
    ['[]', /must name at least one/],
    ['[7]', /must be a list of strings/],
    ['["a",null]', /must be a list of strings/],
  ])('is not a list of strings if it is %j', (value, fault) => {
    const { problem } = read({ UPSTREAM_SCOPES: value }, (env) => env.list('UPSTREAM_SCOPES'));
    expect(problem).toMatch(fault);
  });

  it.each(['"a"', "'a b'", '`a`', '""', '"a" "b"'])('must not be in quotes: %s', (value) => {
    const problem = /^UPSTREAM_\w+ must not be in quotes, .*--env-file/;
    const of = (name: VariableName, ask: (env: Environment) => unknown) =>
      read({ [name]: value, OTHER: value }, ask).problem;
    expect(of('UPSTREAM_CLIENT_ID', (env) => env.text('UPSTREAM_CLIENT_ID'))).toMatch(problem);
    expect(of('UPSTREAM_SCOPES', (env) => env.list('UPSTREAM_SCOPES'))).toMatch(problem);
    expect(of('UPSTREAM_PASSWORD', (env) => env.secret('UPSTREAM_PASSWORD'))).toMatch(problem);
    expect(of('UPSTREAM_PASSWORD', (env) => env.names())).toBeUndefined();
  });

  it('has no other fault in quotes', () => {
    const { problem } = read({ PORT: '"3000"' }, (env) => env.integer('PORT'));
    expect(problem).toMatch(/^PORT must not be in quotes, .*$/);
  });

  it.each(['"', '"a', "it's", '{"a":"b"}'])('may have a quote: %s', (value) => {
    expect(read({ HOST: value }, (env) => env.text('HOST'))).toEqual({ result: value });
  });

  it('has a fault if any item of its list has one', () => {
    const fault = (item: string) => (item === 'b' ? 'has a b' : undefined);
    const of = (value: string) =>
      read({ UPSTREAM_SCOPES: value }, (env) => env.list('UPSTREAM_SCOPES', fault)).problem;
    expect(of('a b a')).toBe('UPSTREAM_SCOPES has a b, for example UPSTREAM_SCOPES=read write');
    expect(of(',')).toMatch(/must name at least one/);
  });

  it.each([
    ['0', 0],
    ['10', 10],
    ['007', 7],
  ])('is a whole number if it is %j', (value, result) => {
    expect(read({ UPSTREAM_RETRIES: value }, (env) => env.integer('UPSTREAM_RETRIES'))).toEqual({
      result,
    });
  });

  it.each(['11', '-1', '1.5', '1e0', '0x1', '+1', 'one'])(
    'is not a whole number in its range if it is %j',
    (value) => {
      expect(read({ UPSTREAM_RETRIES: value }, (env) => env.integer('UPSTREAM_RETRIES'))).toEqual({
        result: 2,
        problem:
          'UPSTREAM_RETRIES must be a whole number from 0 to 10, for example UPSTREAM_RETRIES=2',
      });
    },
  );

  it('is true or false, but nothing that only looks like it', () => {
    const of = (value: string) =>
      read({ OAUTH_REQUIRE_AT_JWT: value }, (env) => env.boolean('OAUTH_REQUIRE_AT_JWT'));
    expect(of('true')).toEqual({ result: true });
    expect(of('false')).toEqual({ result: false });
    for (const value of ['TRUE', '1', 'yes', 'no'])
      expect(of(value)).toEqual({
        result: false,
        problem:
          'OAUTH_REQUIRE_AT_JWT must be true or false, for example OAUTH_REQUIRE_AT_JWT=true',
      });
  });

  it('is one of the allowed words, in full and in the same case', () => {
    const of = (value: string) =>
      read({ MCP_SCOPE_ERRORS: value }, (env) => env.oneOf('MCP_SCOPE_ERRORS'));
    expect(of('tool')).toEqual({ result: 'tool' });
    for (const value of ['too', 'Tool', 'tools'])
      expect(of(value).problem).toBe(
        'MCP_SCOPE_ERRORS must be one of auto, http, tool, for example MCP_SCOPE_ERRORS=auto',
      );
  });
});

describe('a secret in a file', () => {
  let folder: string;
  const write = (text: string) => {
    const path = join(folder, 'secret');
    writeFileSync(path, text);
    return path;
  };
  const secret = (values: Record<string, string>) =>
    read(values, (env) => env.secret('UPSTREAM_PASSWORD'));
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['s3cret', 's3cret'],
    ['s3cret\n', 's3cret'],
    ['s3cret\r\n', 's3cret'],
    ['s3cret\n\n', 's3cret\n'],
    [' s3 cret ', ' s3 cret '],
    ['\ufeffs3cret\r\n', 's3cret'],
  ])(
    '%j is %j: a byte order mark and one final newline are dropped, and nothing else',
    (text, result) => {
      expect(secret({ UPSTREAM_PASSWORD_FILE: write(text) })).toEqual({ result });
    },
  );

  it.each(['<password>', '${PASSWORD}', '${user_config.password}'])(
    'is not the placeholder %s',
    (value) => {
      expect(secret({ UPSTREAM_PASSWORD: value }).problem).toBe(
        'UPSTREAM_PASSWORD must not be a placeholder, for example UPSTREAM_PASSWORD=s3cret',
      );
      expect(secret({ UPSTREAM_PASSWORD: `${value}x` })).toEqual({ result: `${value}x` });
    },
  );

  it('must not also be in the variable', () => {
    const both = { UPSTREAM_PASSWORD: 'hidden', UPSTREAM_PASSWORD_FILE: write('s3cret') };
    expect(secret(both).problem).toBe(
      'UPSTREAM_PASSWORD_FILE must not be set together with UPSTREAM_PASSWORD',
    );
  });

  it('must exist and not be empty', () => {
    expect(secret({ UPSTREAM_PASSWORD_FILE: join(folder, 'none') }).problem).toMatch(
      /^UPSTREAM_PASSWORD_FILE must name a readable file \(ENOENT\), for example UPSTREAM_PASSWORD_FILE=\//,
    );
    for (const text of ['', '\n'])
      expect(secret({ UPSTREAM_PASSWORD_FILE: write(text) }).problem).toBe(
        'UPSTREAM_PASSWORD_FILE must name a non-empty file',
      );
  });

  it('can be required, or belong to a variable of the document', () => {
    const values = { UPSTREAM_CLIENT_SECRET_FILE: write('a'), UPSTREAM_API_KEY_FILE: write('a') };
    expect(read(values, (env) => env.required('UPSTREAM_CLIENT_SECRET', 'is needed'))).toEqual({
      result: 'a',
    });
    expect(read(values, (env) => env.secret({ variable: 'UPSTREAM_API_KEY' })).result).toBe('a');
  });

  it('is not read if a variable is not a secret', () => {
    const values = { UPSTREAM_CLIENT_ID_FILE: write('me') };
    expect(read(values, (env) => env.text('UPSTREAM_CLIENT_ID'))).toEqual({ result: undefined });
  });
});

describe('variables that are never read', () => {
  const key = { type: 'apiKey', in: 'query', name: 'k', variable: 'UPSTREAM_API_KEY_A' } as const;
  const api = makeApi({
    securitySchemes: { a: key },
    serverVariables: { region: { variable: 'UPSTREAM_SERVER_REGION' } },
  });
  const warnings = (...names: string[]) =>
    unknownVariables(api, new Environment(Object.fromEntries(names.map((name) => [name, 'x']))));

  it.each([
    ['MCP_RATELIMIT', 'MCP_RATE_LIMIT'],
    ['OAUTH_JWKS_URL', 'OAUTH_JWKS_URI'],
    ['OAUTH_CLIENT_SECRETS_FILE', 'OAUTH_CLIENT_SECRET_FILE'],
    ['UPSTREAM_API_KEY', 'UPSTREAM_API_KEY_A'],
    ['UPSTREAM_API_KEY_FILE', 'UPSTREAM_API_KEY_A_FILE'],
    ['UPSTREAM_SERVER_REGOIN', 'UPSTREAM_SERVER_REGION'],
  ])('are reported with the nearest name: %s', (name, near) => {
    expect(warnings(name)).toEqual([
      `${name} is not a variable of this server; did you mean ${near}?`,
    ]);
  });

  it('are reported alone if no name is near, such as those that Kubernetes sets', () => {
    const names = ['MCP_PORT_80_TCP_ADDR', 'OAUTH_PORT', 'OAUTH_SERVICE_HOST', 'UPSTREAM_X'];
    expect(warnings(...names)).toEqual(
      names.map((name) => `${name} is not a variable of this server`),
    );
  });

  it('are only those with one of our prefixes and a value', () => {
    expect(warnings('PATH', 'MCPX', 'HOSTS', 'OAUTH_ISSUER', 'UPSTREAM_API_KEY_A_FILE')).toEqual(
      [],
    );
    expect(unknownVariables(api, new Environment({ MCP_X: ' ' }))).toEqual([]);
  });

  it('are compared by the fewest edits to a known name', () => {
    expect(nearest('abcdef', ['abcdxy', 'abcdez', 'abcdef9'])).toBe('abcdez');
    expect(nearest('abcdef', ['abcxyz'])).toBeUndefined();
  });
});
