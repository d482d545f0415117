import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../support/command-line.js';
import { listen, type LocalServer } from '../support/http.js';

/** The private network is one port: both servers have to be on this machine. */
const network = vi.hoisted(() => ({ port: '' }));

vi.mock('../../templates/src/runtime/fetch-public.js', async (original) => ({
  ...(await original<object>()),
  isPrivateAddress: () => false,
  hasPrivateAddress: ({ port }: URL) => port === network.port,
}));

interface Variant {
  /** Where the challenge says that the metadata is. */
  readonly metadata?: string;
  readonly issuer?: string;
  readonly authorization?: string;
}

const escapes = '\u001b]0;title\u0007\u009b31m\u202e';

let inner: string;
let hits: string[];
let server: LocalServer;
let variant: Variant;
let config: string;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const service = await listen(({ method = '', url = '' }, response) => {
    hits.push(`${method} ${url}`);
    response.setHeader('Content-Type', 'application/json');
    response.writeHead(url === '/register' ? 201 : 200);
    response.end(JSON.stringify({ client_id: 'x', redirect_uris: ['http://127.0.0.1/callback'] }));
  });
  inner = service.url;
  network.port = new URL(inner).port;
  closing.push(service.close);
  server = await listen(({ url = '' }, response) => {
    const json = (status: number, value: object, headers = {}) =>
      response
        .writeHead(status, { 'Content-Type': 'application/json', ...headers })
        .end(JSON.stringify(value));
    const { metadata = `${server.url}/metadata`, issuer = server.url } = variant;
    const challenge = `Bearer resource_metadata="${metadata}", scope="a b"`;
    if (url === '/mcp') json(401, { error: escapes }, { 'WWW-Authenticate': challenge });
    else if (url === '/redirect') json(302, {}, { Location: `${inner}/redirected` });
    else if (/^\/metadata|oauth-protected-resource/.test(url))
      json(200, {
        resource: `${server.url}/mcp`,
        authorization_servers: [issuer],
        resource_name: escapes,
      });
    else if (url.startsWith('/.well-known/')) json(200, authorizationServer());
    else json(404, {});
  });
  closing.push(server.close);
  config = await mkdtemp(join(tmpdir(), 'hostile-server-'));
});

afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
  await rm(config, { recursive: true, force: true });
});

beforeEach(() => {
  hits = [];
});

function authorizationServer(): object {
  return {
    issuer: server.url,
    authorization_endpoint: variant.authorization ?? `${server.url}/authorize`,
    token_endpoint: `${inner}/token`,
    registration_endpoint: `${inner}/register`,
    jwks_uri: `${inner}/jwks`,
    revocation_endpoint: `${inner}/revoke`,
    introspection_endpoint: `${inner}/introspect`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    scopes_supported: [`a${escapes}`],
    grant_types_supported: ['authorization_code', 'client_credentials'],
  };
}

const variants: readonly (readonly [string, () => Variant])[] = [
  ['metadata is in the private network', () => ({ metadata: `${inner}/latest/meta-data` })],
  ['metadata redirects there', () => ({ metadata: `${server.url}/redirect` })],
  ['endpoints are there', () => ({})],
  ['the issuer is there', () => ({ issuer: inner })],
  ['users are sent to a script', () => ({ authorization: 'javascript:alert(1)' })],
  ['users are sent to a file', () => ({ authorization: 'file:///etc/passwd' })],
];

const commands: readonly (readonly [string, () => string[]])[] = [
  ['call', () => ['call', `${server.url}/mcp`, '--no-browser']],
  ['doctor --server', () => ['doctor', '--server', `${server.url}/mcp`]],
  ['doctor --probe', () => ['doctor', '--server', `${server.url}/mcp`, '--probe']],
  ['doctor --oauth-server', () => ['doctor', '--oauth-server', server.url, '--probe']],
];

describe.each(variants)('a server on the internet: %s', (_, of) => {
  it.each(commands)('%s sends nothing there, and no escape to the terminal', async (name, argv) => {
    variant = of();
    const { status, stdout, stderr } = await run(argv(), false, {
      OPENAPI_TO_MCP_CONFIG_DIR: config,
    });
    expect(hits).toEqual([]);
    expect(status).toBe(name === 'call' ? 2 : 1);
    expect(stdout + stderr).not.toMatch(/[^\P{C}\n]/u);
  });
});

it('call reports the address', async () => {
  variant = {};
  const { stderr } = await run(['call', `${server.url}/mcp`, '--no-browser'], false, {
    OPENAPI_TO_MCP_CONFIG_DIR: config,
  });
  expect(stderr).toContain('UNSAFE_ADDRESS');
  expect(stderr).toContain(`${inner}/register`);
});

it('call --logout forgets, and sends no token there', async () => {
  const signIn = {
    issuer: server.url,
    resource: `${server.url}/mcp`,
    redirectUrl: 'http://127.0.0.1:33420/callback',
    mode: 'dynamic',
    tokens: { access_token: 'secret', token_type: 'bearer' },
    client: { client_id: 'x' },
    discovery: { authorizationServerMetadata: { revocation_endpoint: `${inner}/revoke` } },
  };
  const file = join(config, 'sign-ins.json');
  await writeFile(file, JSON.stringify([signIn]));
  const { status } = await run(['call', `${server.url}/mcp`, '--logout'], false, {
    OPENAPI_TO_MCP_CONFIG_DIR: config,
  });
  expect(status).toBe(0);
  expect(await readFile(file, 'utf8')).not.toContain('secret');
  expect(hits).toEqual([]);
});
