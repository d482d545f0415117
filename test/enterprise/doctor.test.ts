import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ID_JAG_PROFILE, JWT_BEARER } from '../../src/commands/doctor/store/assertion.js';
import type { Row } from '../../src/commands/doctor/store/rules.js';
import { startProvider } from '../doctor/authorization-server.js';
import { run } from '../support/command-line.js';
import { acceptIdJag, grantee, startIdentityProvider } from '../support/id-jag.js';
import { secret } from '../support/secrets.js';
import { startTestServer } from '../support/server.js';
import { startStaticIssuer, type StaticIssuer } from '../support/tokens.js';

const resource = 'https://mcp.acme.dev/mcp';
const folder = mkdtempSync(join(tmpdir(), 'enterprise-'));
const project = join(folder, 'petstore');

beforeAll(async () => {
  const oauth = ['--oauth-server', 'https://auth.example.com', '--resource-url', resource];
  const url = 'fixtures/petstore-3.0/input.yaml';
  await run(['generate', '--url', url, '--output', project, ...oauth]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function enterpriseRows(...flags: readonly string[]) {
  const { stdout } = await run(['doctor', '--store', 'claude', ...flags, '--json']);
  const { checks } = JSON.parse(stdout) as { checks: Row[] };
  const rows = checks.filter(({ id }) => id.startsWith('enterprise-'));
  return Object.fromEntries(rows.map((row) => [row.id, row]));
}

describe('doctor --store claude --probe presents an untrustworthy assertion', () => {
  let issuer: StaticIssuer;
  let forms: URLSearchParams[];
  const answers = (status: number, body: object) => {
    issuer.answerTokenRequest = (form) => {
      forms.push(form);
      return { status, body };
    };
  };
  beforeAll(async () => {
    issuer = await startStaticIssuer();
    const metadata = issuer.documents.get(issuer.paths.oauth) as object;
    issuer.documents.set(issuer.paths.oauth, {
      ...metadata,
      client_id_metadata_document_supported: true,
      token_endpoint_auth_methods_supported: ['none'],
      grant_types_supported: [JWT_BEARER],
      authorization_grant_profiles_supported: [ID_JAG_PROFILE],
    });
  });
  afterAll(() => issuer.close());

  it.each<[string, number, object, Row['status']]>([
    ['refuses it', 400, { error: 'invalid_grant' }, 'pass'],
    ['gives a token for it', 200, { access_token: 'x', token_type: 'Bearer' }, 'fail'],
    ['does not know the grant', 400, { error: 'unsupported_grant_type' }, 'fail'],
    ['responds with another error', 500, { message: 'no' }, 'fail'],
    ['requires client authentication first', 401, { error: 'invalid_client' }, 'not checked'],
  ])('to one that %s', async (_, status, body, expected) => {
    forms = [];
    answers(status, body);
    const flags = ['--project', project, '--oauth-server', issuer.issuer, '--probe'];
    const rows = await enterpriseRows(...flags);
    expect(rows['enterprise-trust']).toMatchObject({ status: expected });
    const others = Object.values(rows).filter(({ id }) => id !== 'enterprise-trust');
    expect(others.map((row) => row.status)).toEqual(['pass', 'pass', 'pass', 'pass']);
    expect(forms).toHaveLength(1);
    expect(forms[0]?.get('grant_type')).toBe(JWT_BEARER);
  });

  it('not without --probe, and not for another host', async () => {
    forms = [];
    const flags = ['--project', project, '--oauth-server', issuer.issuer];
    expect((await enterpriseRows(...flags))['enterprise-trust']).toMatchObject({
      status: 'not checked',
    });
    await run(['doctor', '--store', 'vscode', ...flags, '--probe']);
    expect(forms).toEqual([]);
  });
});

it('finds nothing to change at a real authorization server that accepts assertions', async () => {
  const application = { id: 'x', secret: secret('application'), idAtResource: 'assistant' };
  const idp = await startIdentityProvider(application);
  const client = { ...grantee(application), token_endpoint_auth_method: 'none' as const };
  const authorization = await startProvider({
    clients: [client],
    publish: (path, body) => {
      if (path.startsWith('/.well-known/'))
        body['authorization_grant_profiles_supported'] = [ID_JAG_PROFILE];
      return true;
    },
  });
  const { provider, issuer } = authorization;
  await acceptIdJag(provider, idp.issuer);
  const flags = ['--project', project, '--oauth-server', issuer, '--probe'];
  const rows = await enterpriseRows(...flags, '--client-id', 'assistant');
  expect(Object.values(rows).map(({ status }) => status)).toEqual(Array(5).fill('pass'));
  await Promise.all([authorization.close(), idp.close()]);
});

it('reads the announcement of a running server', async () => {
  const server = await startTestServer();
  const { documents, paths } = server.issuer;
  documents.set(paths.oauth, {
    ...(documents.get(paths.oauth) as object),
    authorization_grant_profiles_supported: [ID_JAG_PROFILE],
  });
  const token = join(folder, 'token.txt');
  writeFileSync(token, await server.token());
  const rows = await enterpriseRows('--server', server.url, '--token', token);
  expect(rows['enterprise-announced']).toMatchObject({ status: 'pass' });
  expect(rows['enterprise-grant']).toMatchObject({ status: 'fail' });
  await server.close();
});
