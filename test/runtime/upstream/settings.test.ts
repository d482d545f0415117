import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Variables } from '../../../templates/src/runtime/environment.js';
import { makeApi, makeSettings } from './wire.js';

const key = {
  type: 'apiKey',
  in: 'header',
  name: 'X-API-Key',
  variable: 'UPSTREAM_API_KEY',
} as const;
const api = makeApi({ baseUrl: 'https://h.example/v1', securitySchemes: { key } });

test('defaults', () => {
  const { baseUrl, timeoutMs, maxResponseBytes, headers } = makeSettings(api, {});
  expect({ baseUrl, timeoutMs, maxResponseBytes, headers }).toEqual({
    baseUrl: 'https://h.example/v1',
    timeoutMs: 30_000,
    maxResponseBytes: 10_485_760,
    headers: {},
  });
});

test('everything from variables', () => {
  const settings = makeSettings(api, {
    UPSTREAM_BASE_URL: 'http://localhost:8080/x/',
    UPSTREAM_TIMEOUT_MS: '5',
    MCP_MAX_RESPONSE_BYTES: '7',
    UPSTREAM_HEADERS: '{"X-Tenant":"acme","X-Token":"token-value"}',
  });
  expect(settings).toMatchObject({
    baseUrl: 'http://localhost:8080/x/',
    timeoutMs: 5,
    maxResponseBytes: 7,
    headers: { 'X-Tenant': 'acme', 'X-Token': 'token-value' },
  });
  expect(settings.credentials.secrets.mask('acme token-value')).toBe('acme [redacted]');
});

test('headers and each kind of credentials can come from files, and are masked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'upstream-'));
  const names = ['HEADERS', 'API_KEY', 'USERNAME', 'PASSWORD', 'BEARER_TOKEN'];
  const variables = Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      writeFileSync(path, name === 'HEADERS' ? '{"X-Token":"from-HEADERS"}\n' : `from-${name}\n`);
      return [`UPSTREAM_${name}_FILE`, path];
    }),
  );
  const { headers, credentials } = makeSettings(api, variables);
  rmSync(folder, { recursive: true });
  expect(headers).toEqual({ 'X-Token': 'from-HEADERS' });
  expect(credentials.keys).toEqual(new Map([['key', 'from-API_KEY']]));
  expect(credentials.basic).toBe(Buffer.from('from-USERNAME:from-PASSWORD').toString('base64'));
  expect(credentials.tokens).toEqual({ kind: 'bearer', token: 'from-BEARER_TOKEN' });
  for (const name of names.filter((other) => other !== 'USERNAME'))
    expect(credentials.secrets.mask(`from-${name}`)).toBe('[redacted]');
});

test('a client that gets tokens may have its secret in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'upstream-'));
  const path = join(folder, 'secret');
  writeFileSync(path, 's3cret\n');
  const { credentials } = makeSettings(api, {
    UPSTREAM_CLIENT_ID: 'me',
    UPSTREAM_CLIENT_SECRET_FILE: path,
    UPSTREAM_TOKEN_URL: 'https://as.example/token',
  });
  rmSync(folder, { recursive: true });
  const authentication = { method: 'client_secret_basic', secret: 's3cret' };
  expect(credentials.tokens).toMatchObject({ client: { id: 'me', authentication } });
});

test('a document without a server needs the variable', () => {
  expect(() => makeSettings(makeApi(), {})).toThrow(/^UPSTREAM_BASE_URL must be set/);
});

test.each<[Variables, RegExp]>([
  [{ UPSTREAM_BASE_URL: '/v1' }, /^UPSTREAM_BASE_URL must be an absolute/],
  [{ UPSTREAM_BASE_URL: 'ftp://h.example' }, /^UPSTREAM_BASE_URL must be an absolute/],
  [{ UPSTREAM_BASE_URL: 'https:h.example' }, /^UPSTREAM_BASE_URL must be an absolute/],
  [{ UPSTREAM_BASE_URL: 'https://h.example?' }, /query/],
  [{ UPSTREAM_BASE_URL: 'https://h.example#x' }, /fragment/],
  [{ UPSTREAM_BASE_URL: 'https://u:secret@h.example' }, /must not contain credentials/],
  [{ UPSTREAM_TIMEOUT_MS: '0' }, /^UPSTREAM_TIMEOUT_MS/],
  [{ MCP_MAX_RESPONSE_BYTES: 'x' }, /^MCP_MAX_RESPONSE_BYTES/],
  [{ UPSTREAM_HEADERS: 'X-A: b' }, /JSON object of strings/],
  [{ UPSTREAM_HEADERS: '["x"]' }, /JSON object of strings/],
  [{ UPSTREAM_HEADERS: '{"X-A":1}' }, /JSON object of strings/],
  [{ UPSTREAM_HEADERS: '{"Host":"secret"}' }, /must not set Host/],
  [{ UPSTREAM_HEADERS: '{"authorization":"secret"}' }, /must not set authorization/],
  [{ UPSTREAM_HEADERS: '{"Connection":"secret"}' }, /must not set Connection/],
  [{ UPSTREAM_HEADERS: '{"x-api-key":"secret"}' }, /must not set x-api-key.*set UPSTREAM_API_KEY/],
  [{ UPSTREAM_HEADERS: '{"a b":"secret"}' }, /header names/],
  [{ UPSTREAM_HEADERS: '{"X-A":"secret\\r\\nX: y"}' }, /value for X-A/],
])('%j is refused without repeating it', (variables, message) => {
  expect(() => makeSettings(api, variables)).toThrow(message);
  expect(() => makeSettings(api, variables)).not.toThrow(/secret/);
});
