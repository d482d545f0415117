import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/commands/doctor/check.js';
import { main } from '../../src/cli.js';
import { Sink } from '../support/command-line.js';
import {
  machine,
  resource,
  resourceIndicators,
  scopes,
  startProvider,
  type Difference,
} from './authorization-server.js';

interface Examination {
  readonly status: number;
  /** The expected findings: `pkce: fail`. */
  readonly wrong: readonly string[];
  readonly checks: readonly Check[];
}

async function examine(
  issuer: string,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Examination> {
  const stdout = new Sink();
  const goal = ['--resource-url', resource, '--scopes', scopes.join(' ')];
  const argv = ['doctor', '--oauth-server', issuer, ...goal, ...flags, '--json'];
  const status = await main(argv, { stdout, stderr: new Sink(), env });
  const { checks } = JSON.parse(stdout.text) as { checks: Check[] };
  const wrong = checks
    .filter((check) => check.status === 'fail' || check.status === 'warn')
    .map(({ id, status: found }) => `${id}: ${found}`);
  return { status, wrong, checks };
}

const probing = ['--probe'];
const withClient = ['--probe', '--client-id', machine.client_id];
const unpublish =
  (...names: string[]): Difference['publish'] =>
  (path, body) => {
    if (path.startsWith('/.well-known/'))
      for (const name of names) Reflect.deleteProperty(body, name);
    return undefined;
  };
const keySet =
  (keys: unknown[]): Difference['publish'] =>
  (path, body) => {
    if (path === '/jwks') Object.assign(body, { keys });
    return undefined;
  };

const configurations: [
  name: string,
  difference: Difference,
  flags: readonly string[],
  wrong: readonly string[],
][] = [
  ['nothing amiss', {}, [], []],
  ['nothing amiss, probed', {}, probing, []],
  ['nothing amiss, probed with its own client', {}, withClient, []],
  [
    'a sign-in page that is not a URL',
    {
      publish: (path, body) => {
        const isMetadata = path.startsWith('/.well-known/');
        if (isMetadata) body['authorization_endpoint'] = 'https://[';
        return undefined;
      },
    },
    ['--probe', '--client-id', 'unknown'],
    ['authorization-code: fail'],
  ],
  [
    'no PKCE announced',
    { publish: unpublish('code_challenge_methods_supported') },
    probing,
    ['pkce: fail'],
  ],
  [
    'no registration',
    { features: { registration: { enabled: false }, registrationManagement: { enabled: false } } },
    [],
    ['registration: warn'],
  ],
  [
    'wrong issuer',
    {
      publish: (path, body) => {
        if (path.startsWith('/.well-known/')) body.issuer = 'https://other.example';
        return undefined;
      },
    },
    [],
    ['issuer: fail'],
  ],
  ['path issuer', { path: '/tenants/7' }, probing, ['metadata: warn']],
  ['opaque tokens', { features: resourceIndicators('opaque') }, withClient, ['resource: fail']],
  [
    'symmetric keys',
    {
      publish: keySet([{ kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQ', alg: 'HS256', use: 'sig' }]),
    },
    [],
    ['algorithms: fail'],
  ],
  [
    'private keys',
    { publish: keySet([{ kty: 'EC', crv: 'P-256', x: 'eA', y: 'eQ', d: 'ZA', alg: 'ES256' }]) },
    [],
    ['algorithms: fail'],
  ],
  ['http issuer', { host: '[::ffff:127.0.0.1]' }, probing, ['https: fail']],
  [
    'unreachable keys',
    {
      publish: (path, body) => {
        if (path.startsWith('/.well-known/')) body.jwks_uri = 'http://127.0.0.1:9/jwks';
        return undefined;
      },
    },
    probing,
    ['keys: fail'],
  ],
  ['empty keys', { publish: keySet([]) }, probing, ['keys: fail']],
  [
    'no resource indicators',
    { features: { resourceIndicators: { enabled: false } } },
    probing,
    ['resource: warn'],
  ],
  [
    'metadata only by OpenID Connect',
    { publish: (path) => path !== '/.well-known/oauth-authorization-server' },
    probing,
    ['metadata: warn'],
  ],
];

describe('doctor finds the fault, and nothing else', () => {
  it.each(configurations)('%s', async (_name, difference, flags, wrong) => {
    const provider = await startProvider(difference);
    try {
      const env = { OAUTH_CLIENT_SECRET: machine.client_secret };
      const found = await examine(provider.issuer, flags, env);
      expect(found.wrong).toEqual(wrong);
      expect(found.status).toBe(wrong.some((entry) => entry.endsWith('fail')) ? 1 : 0);
    } finally {
      await provider.close();
    }
  });
});
