import { describe, expect, it } from 'vitest';
import type { Caller, Holder } from '../../../templates/src/runtime/caller.js';
import type { HttpResponse } from '../../../templates/src/runtime/http.js';
import { createGate } from '../../../templates/src/runtime/oauth/gate.js';
import type { OAuthSettings } from '../../../templates/src/runtime/oauth/settings.js';
import {
  InvalidToken,
  ProviderUnavailable,
  TooManyTokens,
  type Verifier,
} from '../../../templates/src/runtime/oauth/token.js';
import { audience, oauthOf, opaque, requestOf, resourceOf } from './oauth.js';

const alice = {
  subject: 'alice',
  client: 'app',
  scopes: ['notes.read'],
  expiresAt: 7,
  audiences: ['https://m.example/mcp'],
};

function setUp(
  verify: Verifier['verify'] = () => Promise.resolve(alice),
  settings: Partial<OAuthSettings> = {},
) {
  const [resource, oauth] = [resourceOf(audience), oauthOf(settings)];
  const log: Record<string, unknown>[] = [];
  const verifier: Verifier = { verify, ready: () => Promise.resolve(false) };
  const audit = (event: string, fields: Readonly<Record<string, unknown>>) =>
    void log.push({ event, ...fields });
  return { gate: createGate(resource, oauth, verifier, audit), log };
}

function requestWith(...headers: string[]) {
  return requestOf(headers);
}

function requestFrom(address: string, ...headers: string[]) {
  return requestOf(headers, address);
}

const withToken = requestWith('Authorization', 'Bearer abc');

function holder(...scopes: string[]): Caller {
  return { ...alice, scopes };
}

function tool(name: string) {
  return { name };
}

function challengeOf(response: HttpResponse | undefined) {
  const pairs = response?.headers['WWW-Authenticate']?.matchAll(/(\w+)="([^"]*)"/g) ?? [];
  return Object.fromEntries([...pairs].map(([, name, value]) => [name ?? '', value ?? '']));
}

describe('admission', () => {
  it('names the caller, with the token that proves it', async () => {
    const { gate, log } = setUp();
    const admitted = (await gate.admit(withToken)) as Holder;
    expect(admitted.caller).toBe(alice);
    expect(admitted.token).toMatchObject({ expiresAt: 7, audiences: alice.audiences });
    expect(admitted.token.reveal()).toBe('abc');
    expect('status' in admitted).toBe(false);
    expect(log).toEqual([]);
  });

  it('passes on the network, which a verifier may limit', async () => {
    const networks: unknown[] = [];
    const { gate, log } = setUp((_token, options) => {
      networks.push(options?.network);
      return Promise.reject(new TooManyTokens(17));
    }, opaque);
    const request = requestFrom('2001:db8::7', 'Authorization', 'Bearer abc');
    const refusal = (await gate.admit(request)) as HttpResponse;
    expect(networks).toEqual(['2001:db8:0:0::/64']);
    expect(refusal.status).toBe(429);
    expect(refusal.headers['Retry-After']).toBe('17');
    expect(refusal.headers).not.toHaveProperty('WWW-Authenticate');
    expect(log).toEqual([
      {
        event: 'auth_failure',
        request: 'r-1',
        reason: 'too many unknown tokens',
        address: '2001:db8::7',
      },
    ]);
  });

  it('responds with 429 to a network that fails too often, with one line in the log', async () => {
    const { gate, log } = setUp(() => Promise.reject(new InvalidToken('made up')));
    for (let i = 0; i < 300; i += 1)
      expect(await gate.admit(withToken)).toMatchObject({ status: 401 });
    for (let i = 0; i < 5; i += 1) {
      const answer = (await gate.admit(withToken)) as HttpResponse;
      expect(answer.status).toBe(429);
      expect(Number(answer.headers['Retry-After'])).toBeGreaterThan(50);
      expect(answer.headers).not.toHaveProperty('WWW-Authenticate');
    }
    expect(log).toHaveLength(301);
    expect(log.at(-1)).toMatchObject({ reason: 'made up', limited: true, address: '192.0.2.1' });
    const malformed = requestWith('Authorization', 'Bearer a b');
    expect(await gate.admit(malformed)).toMatchObject({ status: 429 });
    const elsewhere = requestFrom('192.0.2.2', 'Authorization', 'Bearer abc');
    expect(await gate.admit(elsewhere)).toMatchObject({
      status: 401,
    });
  });

  it('locks out no caller with a valid token, and reports each expired one', async () => {
    const verify = (token: string) => {
      if (token === 'good') return Promise.resolve(alice);
      return Promise.reject(
        new InvalidToken('no', token === 'expired' ? { subject: 'alice' } : undefined),
      );
    };
    const { gate } = setUp(verify);
    const send = (token: string) => gate.admit(requestWith('Authorization', `Bearer ${token}`));
    for (let i = 0; i < 301; i += 1) await send('bad');
    expect(await send('bad')).toMatchObject({ status: 429 });
    expect(await send('good')).toMatchObject({ caller: alice });
    for (let i = 0; i < 301; i += 1) expect(await send('expired')).toMatchObject({ status: 401 });
  });

  it('leaves the limit of opaque tokens to their verifier', async () => {
    const { gate, log } = setUp(() => Promise.reject(new InvalidToken('not active')), opaque);
    for (let i = 0; i < 305; i += 1)
      expect(await gate.admit(withToken)).toMatchObject({ status: 401 });
    expect(log).toHaveLength(301);
  });

  it.each([new InvalidToken('expired', { subject: 'alice' }), new ProviderUnavailable('down')])(
    'has 300 lines per minute for a network, and one that reports the limit: %s',
    async (error) => {
      const { gate, log } = setUp(() => Promise.reject(error));
      for (let i = 0; i < 305; i += 1) await gate.admit(withToken);
      expect(log).toHaveLength(301);
      expect(log.at(-1)).toMatchObject({ event: 'auth_failure', limited: true });
    },
  );

  it('logs nothing for requests without credentials: every client begins with one', async () => {
    const { gate, log } = setUp();
    expect(await gate.admit(requestWith())).toMatchObject({ status: 401 });
    expect(log).toEqual([]);
  });

  it.each([
    ['', 'no access token'],
    ['Bearer', 'no access token after Bearer'],
    ['Basic YTpi', 'no access token: the scheme is not Bearer'],
  ])('reports the header %j as it is, with public tools too', async (value, reason) => {
    const request = requestWith('Authorization', value);
    for (const settings of [{}, { publicTools: new Set<string>() }]) {
      const { gate } = setUp(undefined, settings);
      expect(await gate.admit(request)).toMatchObject({ status: 401, refusal: { reason } });
    }
  });

  it('has a line with the address for a malformed header', async () => {
    const { gate, log } = setUp();
    expect(await gate.admit(requestWith('Authorization', 'Bearer a b'))).toMatchObject({
      status: 400,
    });
    expect(log).toEqual([
      {
        event: 'auth_failure',
        request: 'r-1',
        reason: 'malformed Authorization header',
        address: '192.0.2.1',
      },
    ]);
  });

  it('has a line with reason and holder for a refused token', async () => {
    const { gate, log } = setUp(() =>
      Promise.reject(new InvalidToken('claim exp', { subject: 'bob', client: 'app' })),
    );
    expect(await gate.admit(withToken)).toMatchObject({ status: 401 });
    expect(log).toEqual([
      {
        event: 'auth_failure',
        request: 'r-1',
        reason: 'claim exp',
        subject: 'bob',
        client: 'app',
        address: '192.0.2.1',
      },
    ]);
  });

  it('blames no token for a provider that is down', async () => {
    const { gate, log } = setUp(() => Promise.reject(new ProviderUnavailable('down')));
    const response = (await gate.admit(withToken)) as HttpResponse;
    expect(response.status).toBe(503);
    expect(response.headers['Retry-After']).toBe('30');
    expect(response.headers).not.toHaveProperty('WWW-Authenticate');
    expect(log).toMatchObject([{ event: 'auth_failure', reason: 'down' }]);
  });

  it('does not report a fault of this server as an outage', async () => {
    const { gate } = setUp(() => Promise.reject(new TypeError('a bug')));
    await expect(gate.admit(withToken)).rejects.toThrow('a bug');
  });

  it('is as ready as the verifier', async () => {
    expect(await setUp().gate.ready()).toBe(false);
  });
});

describe('calls', () => {
  it('pass if each has its scopes, and if the tool is unknown', () => {
    const { gate, log } = setUp();
    expect(gate.refuseCalls(['read', 'free'], holder('notes.read'), 'r-1')).toBeUndefined();
    for (const name of ['nothing', 'toString', '__proto__'])
      expect(gate.refuseCalls([name], holder(), 'r-1')).toBeUndefined();
    expect(log).toEqual([]);
  });

  it('are refused together, with the scopes of the refused ones, with a line in the log', () => {
    const { gate, log } = setUp();
    const response = gate.refuseCalls(['read', 'write'], holder('admin'), 'r-1');
    expect(challengeOf(response)).toMatchObject({
      error: 'insufficient_scope',
      scope: 'admin notes.read notes.write',
    });
    const either = gate.refuseCalls(['read', 'write'], holder('notes.write', 'foreign'), 'r-1');
    expect(challengeOf(either)).toMatchObject({ scope: 'notes.read notes.write' });
    expect(log).toEqual([
      {
        event: 'scope_failure',
        request: 'r-1',
        tools: ['read', 'write'],
        subject: 'alice',
        client: 'app',
        scopes: ['admin'],
      },
      {
        event: 'scope_failure',
        request: 'r-1',
        tools: ['read'],
        subject: 'alice',
        client: 'app',
        scopes: ['notes.write', 'foreign'],
      },
    ]);
  });

  it('need only their own alternative', () => {
    const { gate } = setUp();
    // `write` may already run, by its second alternative: its first one must not be requested.
    const response = gate.refuseCalls(['read', 'write'], holder('admin', 'root'), 'r-1');
    expect(challengeOf(response)).toMatchObject({ scope: 'admin notes.read root' });
  });

  it('are left to the tools if configured', () => {
    const { gate, log } = setUp(undefined, { scopeErrors: 'tool' });
    expect(gate.refuseCalls(['write'], holder(), 'r-1')).toBeUndefined();
    expect(log).toEqual([]);
  });
});

describe('a tool', () => {
  it('runs for a holder of its scopes', () => {
    const { gate, log } = setUp();
    expect(gate.authorize(tool('read'), holder('notes.read'), 'r-1')).toBeUndefined();
    expect(gate.authorize(tool('free'), holder(), 'r-1')).toBeUndefined();
    expect(log).toEqual([]);
  });

  it('refuses others with an error that contains the challenge, and logs it', () => {
    const { gate, log } = setUp();
    expect(gate.authorize(tool('write'), holder('notes.read', 'foreign'), 'r-1')).toEqual({
      isError: true,
      content: [
        {
          type: 'text',
          text: 'This tool needs a permission that has not been granted: notes.read notes.write',
        },
      ],
      _meta: {
        'mcp/www_authenticate': [
          expect.stringMatching(
            /^Bearer error="insufficient_scope", .*scope="notes.read notes.write"/,
          ),
        ],
      },
    });
    expect(log).toEqual([
      {
        event: 'scope_failure',
        request: 'r-1',
        tools: ['write'],
        subject: 'alice',
        client: 'app',
        scopes: ['notes.read', 'foreign'],
      },
    ]);
  });

  it('never runs without a caller, not even if it needs no scope', () => {
    const { gate } = setUp();
    expect(gate.authorize(tool('free'), undefined, 'r-1')).toMatchObject({ isError: true });
  });

  it('never runs if it is missing in the map of scopes', () => {
    const { gate } = setUp();
    expect(gate.authorize(tool('toString'), holder(), 'r-1')).toMatchObject({ isError: true });
  });
});
