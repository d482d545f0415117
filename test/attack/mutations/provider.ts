import { mutation, type Mutation } from './mutation.js';

const discovery = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('discovery', file, name, ...edits);
const outage = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('outages and rotation', file, name, ...edits);
const metadata = (name: string, ...edits: Mutation['edits']) =>
  mutation('metadata', 'oauth/metadata.ts', name, ...edits);
const start = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('configuration mistakes', file, name, ...edits);

export const providerMutations: readonly Mutation[] = [
  discovery('oauth/verifier.ts', 'metadata of another issuer', [
    "typeof issuer !== 'string' || ![start.issuer, ...start.issuers].includes(issuer)",
    'issuer === 7',
  ]),
  discovery('oauth/verifier.ts', 'an issuer a slash apart', [
    '![start.issuer, ...start.issuers].includes(issuer)',
    "![options.issuer, ...options.issuers].includes(issuer.replace(/\\/$/, ''))",
  ]),
  discovery('oauth/verifier.ts', 'RFC 8414 metadata only', [
    '    `${origin}/.well-known/openid-configuration${path}`,\n',
    '',
  ]),
  discovery(
    'client.ts',
    'plain http beyond loopback',
    [
      "if (protocol !== 'https:' && !(protocol === 'http:' && mayBePlain))",
      "if (protocol === 'x:' && mayBePlain)",
    ],
    ["if (found.protocol === 'https:') return true;", 'if (found.protocol) return true;'],
  ),
  discovery('client.ts', 'documents of any length', [
    'const MAX_JSON_BYTES = 1_048_576;',
    'const MAX_JSON_BYTES = 1_048_576_000;',
  ]),
  outage(
    'net.ts',
    'redirected documents',
    [
      'new Agent(patience)',
      'new Agent(patience).compose(interceptors.redirect({ maxRedirections: 5 }))',
    ],
    ['import { Agent, ', 'import { interceptors, Agent, '],
  ),
  outage('oauth/verifier.ts', 'a minute of patience', [
    'const TIMEOUT_MS = 5000;',
    'const TIMEOUT_MS = 60_000;',
  ]),
  outage('oauth/keys.ts', 'unknown keys are asked for at once', ['!hurry || !spare', '!hurry']),
  outage('oauth/keys.ts', 'everybody loads the keys', [
    'pending ??= reload()',
    'pending = reload()',
  ]),
  outage('oauth/keys.ts', 'a long pause before the first keys', [
    'const FIRST_COOLDOWN_MS = 1000;',
    'const FIRST_COOLDOWN_MS = 60_000;',
  ]),
  outage('oauth/keys.ts', 'keys are loaded for each token', [
    'if (fresh() === undefined) await refresh();',
    'await reload();',
  ]),
  outage('routes.ts', '/readyz is always ready', [
    'gate === undefined || (await gate.ready())',
    'gate === undefined || (await gate.ready()) || true',
  ]),
  outage('oauth/gate.ts', 'no Retry-After in an outage', [
    "{ 'Retry-After': String(retryAfter) }",
    '{}',
  ]),
  metadata('authorization servers as objects', [
    'serversOf(oauth).map(({ issuer }) => issuer)',
    'serversOf(oauth).map(({ issuer }) => ({ issuer }))',
  ]),
  metadata('a resource with a slash', ['resource: url,', 'resource: new URL(url).href,']),
  mutation('metadata', 'oauth/scopes.ts', 'offline_access is advertised', [
    "return scope !== 'offline_access';",
    'return scope.length > 0;',
  ]),
  metadata('no origin may read it', ["  'Access-Control-Allow-Origin': '*',\n", '']),
  metadata('it is served for POST', [
    "if (method === 'GET')",
    "if (method === 'GET' || method === 'POST')",
  ]),
  metadata('it is served at the root only', ["['/', ...resource.paths]", "['/']"]),
  metadata('it is served at the path only', ["['/', ...resource.paths]", '[...resource.paths]']),
  metadata('the list of methods is gone', ["    bearer_methods_supported: ['header'],\n", '']),
  metadata('a preflight is refused', ["if (method === 'OPTIONS')", "if (method === 'OPTION')"]),
  mutation('metadata', 'oauth/metadata.ts', 'a bare origin is one audience', [
    '? [bare, `${bare}/`] : [url]',
    '? [url] : [url]',
  ]),
  start('http.ts', 'plain http for anybody', [
    'const mayBePlain = allow.http === true || isLoopback(url.hostname);',
    'const mayBePlain = allow.http !== undefined || url.hostname.length > 0;',
  ]),
  start('http.ts', 'user info in URLs', [
    "url.username !== '' || url.password !== ''",
    "url.username === ' '",
  ]),
  start('http.ts', 'fragments in URLs', ["if (text.includes('#'))", "if (text.includes(' '))"]),
  start('http.ts', 'queries in issuers', [
    "text.includes('?') && allow.query !== true",
    "text.includes(' ') && allow.query !== true",
  ]),
  start('oauth/metadata.ts', 'a resource at a taken path', [
    'if (/^\\/(healthz|readyz|\\.well-known(\\/.*)?)$/.test(pathname))',
    "if (pathname === '')",
  ]),
  start('variables.ts', 'a tolerance of days', ['range: [0, 600]', 'range: [0, 6_000_000]']),
  start('oauth/settings.ts', 'another claim with the resource URL in it', [
    "audienceClaim !== 'aud' && configured === undefined",
    "audienceClaim === ''",
  ]),
  start('environment.ts', 'introspection without a client', [
    'if (text === undefined) this.problem(name, purpose)',
    'if (text === null) this.problem(name, purpose)',
  ]),
  start('oauth/settings.ts', 'strict types of opaque tokens', ['if (requireAtJwt)', 'if (!env)']),
  start('environment.ts', 'wrong settings are not reported', [
    'if (this.#problems.size > 0)',
    'if (this.#problems.size > 99)',
  ]),
  start('environment.ts', 'lists of nothing', ['items?.length === 0', 'items === null']),
  start('variables.ts', 'no limit of messages', ['range: [1, 1_000_000]', 'range: [0, 1_000_000]']),
  start('settings.ts', 'any origin', ['return sent === origin ?', 'return sent.length > 0 ?']),
  outage('oauth/keys.ts', 'a key that may be new is an invalid token', [
    'known === before && mayBeNew(input[0]?.kid)',
    'known === null && mayBeNew(input[0]?.kid)',
  ]),
  start('settings.ts', 'any host', [
    "return legal ? undefined : 'lists host names",
    "return legal || name ? undefined : 'lists host names",
  ]),
  start('settings.ts', 'a public address without a public URL', [
    "configured === undefined && api.authentication === 'oauth2' && ",
    "configured === '' && api.authentication === 'oauth2' && ",
  ]),
  start('announce.ts', 'the settings are not printed', [
    '`  upstream   ${baseUrl} (',
    '`  upstream   ${upstream.timeoutMs} (',
  ]),
];
