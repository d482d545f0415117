import { attempt, ensure, scenario, type Group } from '../case.js';
import { missing } from '../expectations.js';
import type { Stage } from '../stage.js';

export const rfc6750 = 'RFC 6750 section 3.1';
const metadataOf = (stage: Stage) => `${stage.origin}/.well-known/oauth-protected-resource/mcp`;

export const authorization = (value: string): [string, string] => ['Authorization', value];

export const challenges: Group = {
  name: 'challenges',
  cases: [
    ...(['POST', 'GET', 'DELETE'] as const).map((method) =>
      attempt(`${method} without a token`, rfc6750, () => ({ method }), missing),
    ),
    ...['initialize', 'server/discover', 'ping', 'tools/list', 'notifications/initialized'].map(
      (method) =>
        attempt(
          `${method} without a token`,
          'MCP authorization: every request',
          () => ({ body: { jsonrpc: '2.0', id: 1, method } }),
          missing,
        ),
    ),
    attempt(
      'a session id does not identify anyone',
      'MCP authorization, session hijacking',
      (stage) => ({ body: stage.read, headers: [['Mcp-Session-Id', crypto.randomUUID()]] }),
      missing,
    ),
    scenario('the challenge points to the metadata', 'RFC 9728 section 5.1', async (stage) => {
      const { headers } = await stage.send({});
      const [challenge = ''] = headers.get('www-authenticate') ?? [];
      const pointer = `resource_metadata="${metadataOf(stage)}"`;
      ensure(challenge.includes(pointer), `it is ${challenge}`);
    }),
    scenario(
      'the challenge is not shaped by Host or Forwarded',
      'resource-server.md: the public URL comes from the settings only',
      async (stage) => {
        const forged = { 'X-Forwarded-Host': 'evil.example', Forwarded: 'host=evil.example' };
        const { headers, body } = await stage.send({ headers: Object.entries(forged) });
        ensure(!JSON.stringify([...headers, body]).includes('evil'), 'it is');
      },
    ),
    scenario('no answer names its software', 'OWASP: fingerprinting', async (stage) => {
      const { headers } = await stage.send({});
      ensure(!headers.has('x-powered-by') && !headers.has('server'), 'one does');
    }),
    scenario('refusals echo nothing of a request', 'resource-server.md', async (stage) => {
      const mark = 'EchoedMark';
      for (const headers of [
        [authorization(`Bearer ${mark}`)],
        [authorization(`Bearer ${mark} ${mark}`)],
        [['X-Mark', mark] as [string, string]],
      ]) {
        const answer = await stage.send({ headers, target: `/mcp?${mark}` });
        ensure(!JSON.stringify([...answer.headers, answer.body]).includes(mark), 'one does');
      }
    }),
    attempt(
      'a body is not read before its credentials',
      'resource-server.md: before its body is read',
      () => ({ body: 'x'.repeat(100), headers: [['X-Pad', '1']] }),
      missing,
    ),
  ],
};
