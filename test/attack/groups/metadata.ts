import { attempt, ensure, scenario, type Expectation, type Group } from '../case.js';
import type { Stage } from '../stage.js';

const ROOT = '/.well-known/oauth-protected-resource';
const PATHS = [ROOT, `${ROOT}/mcp`];
const rfc9728 = 'RFC 9728 section 3.1';

function get(target: string, headers: [string, string][] = []) {
  return () => ({ method: 'GET', target, headers });
}

async function documentOf(stage: Stage, target = `${ROOT}/mcp`) {
  const { status, body } = await stage.send({ method: 'GET', target });
  ensure(status === 200, `the status is ${status}`);
  return JSON.parse(body) as Record<string, unknown>;
}

const readable: Expectation = {
  status: 200,
  challenge: 'none',
  headers: { 'content-type': /^application\/json/, 'access-control-allow-origin': '*' },
};

export const metadata: Group = {
  name: 'metadata',
  cases: [
    ...PATHS.flatMap((path) => [
      attempt(`GET ${path} needs no token`, rfc9728, get(path), readable),
      attempt(
        `GET ${path} by a page of any origin`,
        'resource-server.md: before the Origin check',
        get(path, [['Origin', 'https://evil.example']]),
        readable,
      ),
      attempt(
        `HEAD ${path} is GET without the document`,
        'RFC 9110 section 9.3.2',
        () => ({ method: 'HEAD', target: path }),
        { ...readable, body: /^$/ },
      ),
      ...['POST', 'PUT', 'DELETE', 'PATCH'].map((method) =>
        attempt(
          `${method} ${path}`,
          'RFC 9110 section 15.5.6',
          () => ({ method, target: path, body: '{}' }),
          { status: 405, headers: { allow: /GET/ } },
        ),
      ),
    ]),
    attempt(
      'a preflight for the metadata',
      'Fetch Standard, CORS preflight',
      () => ({
        method: 'OPTIONS',
        target: `${ROOT}/mcp`,
        headers: [
          ['Origin', 'https://evil.example'],
          ['Access-Control-Request-Method', 'GET'],
          ['Access-Control-Request-Headers', 'MCP-Protocol-Version'],
        ],
      }),
      { status: [200, 204], headers: { 'access-control-allow-origin': '*' } },
    ),
    scenario(
      'resource is the configured URL to the byte',
      'RFC 9728 section 3.3',
      async (stage) => {
        for (const path of PATHS) {
          const { resource } = await documentOf(stage, path);
          ensure(resource === stage.meaning.resource, `resource is ${String(resource)}`);
        }
      },
    ),
    scenario('authorization_servers is a list of strings', 'RFC 9728 section 2', async (stage) => {
      const { authorization_servers: servers } = await documentOf(stage);
      const expected = JSON.stringify([stage.meaning.issuer]);
      ensure(JSON.stringify(servers) === expected, `it is ${JSON.stringify(servers)}`);
    }),
    scenario('tokens go into the header only', 'RFC 9728 section 2', async (stage) => {
      const { bearer_methods_supported: methods } = await documentOf(stage);
      ensure(JSON.stringify(methods) === '["header"]', `it is ${JSON.stringify(methods)}`);
    }),
    scenario('nothing in it is empty or null', 'RFC 9728 section 3.2', async (stage) => {
      for (const [name, value] of Object.entries(await documentOf(stage))) {
        const empty =
          value === null || value === '' || (Array.isArray(value) && value.length === 0);
        ensure(!empty, `${name} is ${JSON.stringify(value)}`);
      }
    }),
    scenario(
      'Host and Forwarded do not shape it',
      'resource-server.md: the public URL comes from the settings only',
      async (stage) => {
        const { body } = await stage.send({
          method: 'GET',
          target: `${ROOT}/mcp`,
          without: ['host'],
          headers: [
            ['Host', 'evil.example'],
            ['X-Forwarded-Host', 'evil.example'],
            ['X-Forwarded-Proto', 'https'],
            ['Forwarded', 'host=evil.example;proto=https'],
          ],
        });
        ensure(!body.includes('evil'), `it says ${body}`);
      },
    ),
    scenario('it is served while the provider is down', 'resource-server.md', async (stage) => {
      stage.issuer.outage = 'hang';
      await documentOf(stage).finally(() => (stage.issuer.outage = 'none'));
    }),
    ...['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'].map(
      (path) =>
        attempt(
          `${path}: it never poses as an authorization server`,
          'MCP authorization, roles',
          get(path),
          { status: 404 },
        ),
    ),
    ...['/token', '/authorize', '/register', '/oauth/token', '/callback'].map((target) =>
      attempt(`POST ${target}: no OAuth endpoint`, 'MCP authorization, roles', () => ({ target }), {
        status: 404,
      }),
    ),
  ],
};

export const metadataAdvertisement: Group = {
  name: 'metadata',
  ownServer: true,
  env: () => ({ OAUTH_SCOPES_SUPPORTED: 'notes.read offline_access notes.write' }),
  cases: [
    scenario(
      'offline_access is not advertised',
      'MCP authorization, refresh tokens',
      async (stage) => {
        const { scopes_supported: scopes } = await documentOf(stage);
        const expected = '["notes.read","notes.write"]';
        ensure(
          JSON.stringify(scopes) === expected,
          `scopes_supported is ${JSON.stringify(scopes)}`,
        );
      },
    ),
  ],
};

export const metadataOfBareOrigin: Group = {
  name: 'metadata',
  ownServer: true,
  env: (_issuer, { port }) => ({ MCP_RESOURCE_URL: `http://127.0.0.1:${port}` }),
  cases: [
    scenario('a bare origin gets no slash', 'RFC 9728 section 3.3', async (stage) => {
      const { resource } = await documentOf(stage, ROOT);
      ensure(resource === stage.origin, `resource is ${String(resource)}`);
    }),
    ...['', '/'].map((slash) =>
      attempt(
        `a bare origin accepts the audience with${slash ? '' : 'out'} a slash`,
        'resource-server.md: the one tolerance',
        async (stage) => ({
          target: '/',
          body: stage.read,
          token: await stage.token({ aud: stage.origin + slash }),
        }),
        { status: 200, upstream: 1 },
      ),
    ),
  ],
};
