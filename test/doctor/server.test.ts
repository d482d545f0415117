import type { OutgoingHttpHeaders, RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { decodeJwt, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli.js';
import type { Check } from '../../src/commands/doctor/check.js';
import { providerOf, providers } from '../../src/commands/doctor/providers.js';
import { Sink } from '../support/command-line.js';
import { generations } from '../support/generations.js';
import { HttpClient, isUnauthorized } from '../support/http-client.js';
import { listen } from '../support/http.js';
import type { Project } from '../support/project.js';
import { buildTodo, startTodoStage, type TodoStage } from '../support/todo-stage.js';

let project: Project;
let stage: TodoStage;

beforeAll(async () => {
  project = await buildTodo();
  stage = await startTodoStage(project);
});

afterAll(async () => {
  await stage.close();
  await project.remove();
});

async function doctor(
  argv: readonly string[],
  stdin?: string,
): Promise<{ status: number; text: string }> {
  const stdout = new Sink();
  const input = stdin === undefined ? {} : { stdin: Readable.from([stdin]) };
  const status = await main(['doctor', ...argv], { stdout, stderr: new Sink(), ...input });
  return { status, text: stdout.text };
}

async function wrongIn(argv: readonly string[], stdin?: string): Promise<string[]> {
  const { text } = await doctor([...argv, '--json'], stdin);
  const { checks } = JSON.parse(text) as { checks: Check[] };
  return checks
    .filter(({ status }) => status !== 'pass')
    .map(({ id, status }) => `${id}: ${status}`);
}

async function tokenOf(): Promise<string> {
  const [, , generation] = generations;
  if (generation === undefined) throw new Error('There is no third generation.');
  const client = new HttpClient(generation, stage.server.url, { login: 'ada' });
  await expect(client.connect()).rejects.toSatisfy(isUnauthorized);
  await client.authorize();
  await client.close();
  return client.memory.tokens()?.access_token ?? '';
}

describe('a running server', () => {
  it('that is generated has nothing to change, nor has its authorization server', async () => {
    const { url } = stage.server;
    expect(await wrongIn(['--server', url])).toEqual(['server-eras: skip']);
    const token = await tokenOf();
    const scopes = ['--scopes', 'todo.read'];
    expect(await wrongIn(['--server', url, '--token', '-', ...scopes], token)).toEqual([]);
    expect(decodeJwt(token).aud).toBe(url);
  });

  it('is reported in a table, within 80 columns on a terminal', async () => {
    const stdout = Object.assign(new Sink(true), { columns: 80 });
    const stderr = new Sink();
    const argv = [
      'doctor',
      '--server',
      stage.server.url,
      '--oauth-server',
      `${stage.authorization.issuer}/`,
    ];
    expect(await main(argv, { stdout, stderr })).toBe(1);
    const plain = stripVTControlCharacters(stdout.text);
    const [table = '', advice = ''] = plain.split('\nWhat to do:\n');
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(table).toMatch(/^pass {2}server: challenge/m);
    expect(table).toMatch(/^fail {2}issuer/m);
    expect(advice).toContain(`use --oauth-server ${stage.authorization.issuer}.`);
    expect(plain).toContain('Not ready for MCP.');
  });

  it('is found at /mcp if only the host is given', async () => {
    const { origin } = new URL(stage.server.url);
    expect(await wrongIn(['--server', origin])).toEqual(['server-eras: skip']);
  });

  it('whose provider does not respond is not called unfit', async () => {
    const { status, text } = await doctor(['--oauth-server', 'http://127.0.0.1:9']);
    expect(status).toBe(1);
    expect(text).toContain('Nothing responds. http://127.0.0.1:9/');
    expect(text).toContain('Not checked: the authorization server cannot be reached.');
    expect(text).not.toMatch(/^skip/m);
  });

  const metadata = (change: object) => (url: string) => ({
    resource: `${url}/mcp`,
    authorization_servers: ['http://127.0.0.1:9'],
    ...change,
  });

  it.each<[string, (url: string) => object, string]>([
    [
      'another resource',
      metadata({ resource: 'https://other.example/mcp' }),
      'server-resource: fail',
    ],
    [
      'objects for strings',
      metadata({ authorization_servers: [{ url: 'x' }] }),
      'server-issuer: fail',
    ],
    ['no authorization server', metadata({ authorization_servers: [] }), 'server-issuer: fail'],
    ['no CORS', metadata({}), 'server-cors: warn'],
  ])('with %s', async (_name, document, wrong) => {
    const server = await listen((request, response) => {
      const url = `http://${request.headers.host ?? ''}`;
      const place = `${url}/.well-known/oauth-protected-resource/mcp`;
      if (request.method === 'GET') response.end(JSON.stringify(document(url)));
      else
        response
          .writeHead(401, { 'WWW-Authenticate': `Bearer resource_metadata="${place}"` })
          .end();
    });
    expect(await wrongIn(['--server', `${server.url}/mcp`])).toContain(wrong);
    await server.close();
  });

  it.each([
    [200, {}, 'server-challenge: warn'],
    [404, {}, 'server-challenge: fail'],
    [401, {}, 'server-challenge: fail'],
    [401, { 'WWW-Authenticate': 'Bearer' }, 'server-challenge: fail'],
  ])('that answers %d %j', async (status, headers, wrong) => {
    const server = await listen((_request, response) => {
      response.writeHead(status, headers).end();
    });
    const found = await wrongIn(['--server', `${server.url}/mcp`]);
    expect(found).toContain(wrong);
    expect(found).toContain(`server-metadata: ${status === 200 ? 'skip' : 'fail'}`);
    await server.close();
  });

  it.each([
    [['Basic realm="a"', 'Bearer resource_metadata="URL"'], 'pass'],
    [['DPoP algs="ES256", bearer Resource_Metadata = "URL"'], 'pass'],
    [['Basic realm="Bearer, bearer x"'], 'fail'],
    [['Bearerish resource_metadata="URL"'], 'fail'],
  ])('that challenges with %j', async (challenges, wanted) => {
    const server = await listen((_request, response) => {
      const lines = challenges.map((one) => one.replace('URL', 'http://127.0.0.1:9/metadata'));
      response.writeHead(401, { 'WWW-Authenticate': lines }).end();
    });
    const { text } = await doctor(['--server', `${server.url}/mcp`, '--json']);
    await server.close();
    const { checks } = JSON.parse(text) as { checks: Check[] };
    expect(checks[0]).toMatchObject({ id: 'server-challenge', status: wanted });
  });

  it('with several authorization servers is checked with the one that issued the token', async () => {
    const server = await listen((request, response) => {
      const resource = `http://${request.headers.host ?? ''}/mcp`;
      const issuers = ['http://127.0.0.1:9', 'http://127.0.0.1:9/second'];
      if (request.method === 'POST') response.writeHead(401).end();
      else response.end(JSON.stringify({ resource, authorization_servers: issuers }));
    });
    const issuerFor = async (iss: string) => {
      const token = new UnsecuredJWT({ iss }).encode();
      const { text } = await doctor(
        ['--server', `${server.url}/mcp`, '--token', '-', '--json'],
        token,
      );
      const { issuer, checks } = JSON.parse(text) as { issuer: string; checks: Check[] };
      return [issuer, checks.find(({ id }) => id === 'other-issuers')?.found];
    };
    const [first, second] = ['http://127.0.0.1:9', 'http://127.0.0.1:9/second'];
    expect(await issuerFor(second)).toEqual([second, `Not checked: ${first}.`]);
    expect(await issuerFor(`${first}/third`)).toEqual([first, `Not checked: ${second}.`]);
    await server.close();
  });

  it.each([
    [302, { Location: 'https://login.example.com/' }, /to https:\/\/login\.example\.com.*in front/],
    [307, { Location: '/mcp/' }, /to \/mcp\/: something in front/],
    [421, {}, /does not serve the host 127\.0\.0\.1/],
    [502, {}, /Status 502 without a token/],
    [403, {}, /Status 403 without a token/],
  ])('behind something that responds with %d is not judged', async (status, headers, words) => {
    const server = await listen((request, response) => {
      if (request.method === 'POST') response.writeHead(status, headers).end();
      else
        response.end(
          JSON.stringify({ resource: 'https://x', authorization_servers: ['https://y'] }),
        );
    });
    const { text } = await doctor(['--server', `${server.url}/mcp`, '--json']);
    await server.close();
    const { checks } = JSON.parse(text) as { checks: Check[] };
    const [challenge] = checks;
    expect(challenge).toMatchObject({ id: 'server-challenge', status: 'fail' });
    expect(challenge?.found).toMatch(words);
    expect(checks.map(({ id }) => id)).not.toContain('server-eras');
    if (status === 421) expect(challenge?.remedy).toMatch(/MCP_ALLOWED_HOSTS=127\.0\.0\.1/);
  });

  /** The checks of a server that responds to each request like this, by their names. */
  async function checksOf(answer: RequestListener, argv: readonly string[] = [], stdin?: string) {
    const server = await listen(answer);
    const { text } = await doctor(['--server', `${server.url}/mcp`, ...argv, '--json'], stdin);
    await server.close();
    const { checks } = JSON.parse(text) as { checks: Check[] };
    return Object.fromEntries(checks.map((check) => [check.id, check]));
  }

  const always =
    (status: number, headers: OutgoingHttpHeaders = {}, body = ''): RequestListener =>
    (_request, response) =>
      response.writeHead(status, headers).end(body);

  it.each([
    [403, /firewall.*let it pass without a token/],
    [429, /limits requests.*in a minute/],
    [502, /does not reach the server/],
    [503, /does not reach the server/],
    [504, /does not reach the server/],
  ])('behind something that always responds with %d has its remedy', async (status, remedy) => {
    const found = await checksOf(always(status));
    expect(found['server-challenge']?.remedy).toMatch(remedy);
    // The same response is not a second fault, unless it may be another.
    expect(found['server-metadata']?.status).toBe(status === 403 ? 'fail' : 'skip');
  });

  it('behind a redirect to https should be named with https', async () => {
    const found = await checksOf((request, response) => {
      const location = `https://${request.headers.host ?? ''}${request.url ?? ''}`;
      response.writeHead(301, { Location: location }).end();
    });
    expect(found['server-challenge']?.remedy).toBe('Pass that URL, which clients must use too.');
  });

  it('behind a web page is not one that anyone can call', async () => {
    const found = await checksOf(always(200, { 'Content-Type': 'text/html' }, '<html>'));
    expect(found['server-challenge']).toMatchObject({
      status: 'fail',
      found: 'A web page responds, not an MCP server.',
    });
    expect(found['server-metadata']?.found).toContain('/mcp: status 200, but not metadata');
    expect(found['server-eras']).toBeUndefined();
  });

  it.each([
    [{ 'WWW-Authenticate': 'Basic realm="x"' }, /a login of its own: exempt/],
    [{ 'WWW-Authenticate': 'Negotiate, NTLM' }, /a login of its own: exempt/],
    [{ 'x-amzn-Remapped-WWW-Authenticate': 'Bearer' }, /Amazon API Gateway renames/],
    [{}, /A proxy in front may drop the header/],
  ])('whose challenge became %j has a remedy for that', async (headers, remedy) => {
    const found = await checksOf(always(401, headers));
    expect(found['server-challenge']).toMatchObject({ status: 'fail' });
    expect(found['server-challenge']?.remedy).toMatch(remedy);
  });

  it.each([
    ['Bearer scope="a"', /as if there were none.*/, /removes? the header Authorization/],
    ['Bearer error="invalid_token"', /refuses the token/, /auth_failure/],
  ])('that challenges a token with %s', async (challenge, words, remedy) => {
    const answer = always(401, { 'WWW-Authenticate': challenge });
    const found = await checksOf(answer, ['--token', '-'], new UnsecuredJWT({}).encode());
    expect(found['server-eras']?.found).toMatch(words);
    expect(found['server-eras']?.remedy).toMatch(remedy);
  });

  it('whose metadata leads elsewhere shows where', async () => {
    const found = await checksOf((request, response) => {
      if (request.method === 'POST')
        response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
      else response.writeHead(302, { Location: 'https://login.example.com/' }).end();
    });
    expect(found['server-metadata']?.found).toContain('status 302, to https://login.example.com/');
  });

  it('whose issuer is the URL of metadata, or leads elsewhere', async () => {
    const server = await listen(always(301, { Location: 'https://b.example/' }));
    const issuer = `${server.url}/.well-known/openid-configuration`;
    const { text } = await doctor(['--oauth-server', issuer, '--json']);
    await server.close();
    const { checks } = JSON.parse(text) as { checks: Check[] };
    const metadata = checks.find(({ id }) => id === 'metadata');
    expect(metadata?.found).toContain('status 301, to https://b.example/');
    expect(metadata?.remedy).toContain('not the URL of its metadata');
  });

  it('that is not there', async () => {
    expect(await wrongIn(['--server', 'http://127.0.0.1:9/mcp'])).toContain(
      'server-challenge: fail',
    );
  });
});

describe('the notes on a provider', () => {
  it.each([
    ['https://acme.eu.auth0.com/', 'Auth0'],
    ['https://acme.okta.com/oauth2/default', 'Okta'],
    ['https://sso.example.com/realms/main', 'Keycloak'],
    ['https://login.microsoftonline.com/7f58/v2.0', 'Microsoft Entra ID'],
    ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc', 'Amazon Cognito'],
    ['https://accounts.google.com', 'Google'],
    ['https://acme.authkit.app', 'WorkOS AuthKit'],
    ['https://acme.zitadel.cloud', 'ZITADEL'],
    ['https://clerk.example.com', 'Clerk'],
    ['https://abc.supabase.co/auth/v1', 'Supabase'],
    ['https://acme.projects.oryapis.com', 'Ory Hydra'],
    ['https://id.example.com/application/o/notes/', 'Authentik'],
    ['https://sso.example.com/dex', 'Dex'],
    ['https://api.descope.com/v1/apps/agentic/P3J/MS3', 'Descope'],
    ['https://acme.customers.stytch.com', 'Stytch'],
    ['https://acme.logto.app/oidc', 'Logto'],
    ['https://example.com/v1/apps/todo', undefined],
    ['https://auth.example.com', undefined],
    ['https://auth0.com.evil.example/', undefined],
  ])('are found by the issuer %s', (issuer, name) => {
    expect(providerOf(issuer)?.name).toBe(name);
  });

  it('have a source', () => {
    for (const { sources } of providers) {
      expect(sources.length).toBeGreaterThan(0);
      for (const source of sources) expect(source).toMatch(/^https:\/\//);
    }
  });
});

describe('doctor reports what is missing', () => {
  it.each([
    [[], 'MISSING_OPTION'],
    [['--oauth-server', 'auth.example.com'], 'INVALID_URL'],
    [['--oauth-server', 'http://127.0.0.1:9', '--token', 'nowhere.txt'], 'NO_TOKEN'],
    [['--project', 'nowhere'], 'NO_PROJECT'],
  ])('%j', async (argv, code) => {
    const { status, text } = await doctor([...argv, '--json']);
    expect(status).toBe(2);
    expect(JSON.parse(text)).toMatchObject({ problems: [{ code }] });
  });
});
