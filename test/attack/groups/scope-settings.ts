import { attempt, type Case, type Group } from '../case.js';
import { done } from '../expectations.js';
import { recordedCall, recordedClients } from '../../support/recorded-clients.js';
import { calling, short } from './scope-calls.js';

const impliedCases: Case[] = [
  calling(
    'a scope that includes it',
    'notes.admin',
    'read_note',
    done,
    'MCP authorization, scope hierarchies',
  ),
  calling('over two steps', 'root', 'write_note', done, 'MCP authorization, scope hierarchies'),
  calling(
    'not the other way round',
    'notes.read',
    'write_note',
    { status: 403 },
    'MCP authorization, scope hierarchies',
  ),
  calling(
    'not in a circle',
    'loop',
    'write_note',
    { status: 403 },
    'MCP authorization, scope hierarchies',
  ),
];

export const impliedScopes: Group = {
  name: 'scope games',
  ownServer: true,
  env: () => ({
    OAUTH_SCOPE_IMPLIES: 'root=notes.admin notes.admin=notes.read,notes.write loop=pool pool=loop',
  }),
  cases: impliedCases,
};

export const prefixedScopes: Group = {
  name: 'scope games',
  ownServer: true,
  env: () => ({ OAUTH_SCOPE_PREFIX: 'api://notes/', OAUTH_SCOPE_CLAIM: 'roles' }),
  cases: [
    calling(
      'with the prefix',
      { roles: ['api://notes/notes.read'] },
      'read_note',
      done,
      'Amazon Cognito, scopes',
    ),
    calling('without the prefix', { roles: ['notes.read'] }, 'read_note', done, 'Entra ID, roles'),
    calling(
      'another prefix',
      { roles: ['api://other/notes.read'] },
      'read_note',
      { status: 403 },
      'Entra ID, roles',
    ),
    calling(
      'asked for with the prefix',
      { roles: [] },
      'read_note',
      short('api://notes/notes.read'),
      'Entra ID, scopes',
    ),
    calling(
      'the usual claim, which is not the configured one',
      'notes.read',
      'read_note',
      { status: 403 },
      'OAUTH_SCOPE_CLAIM',
    ),
  ],
};

export const scopesAsToolErrors: Group = {
  name: 'scope games',
  ownServer: true,
  env: () => ({ MCP_SCOPE_ERRORS: 'tool' }),
  cases: [
    calling(
      'a tool error that carries the challenge',
      'notes.read',
      'write_note',
      {
        status: 200,
        challenge: 'none',
        body: /^(?=.*"isError":true).*"mcp\/www_authenticate":\["Bearer error=\\"insufficient_scope\\"/s,
      },
      'ChatGPT, triggering authentication',
    ),
    calling('an allowed tool', 'notes.read', 'read_note', done),
  ],
};

const toolError = {
  status: 200,
  challenge: 'none',
  body: /^(?=.*"isError":true).*"mcp\/www_authenticate":\["Bearer error=\\"insufficient_scope\\"/s,
} as const;

/** Whichever form the refusal has, nothing is called. */
export const scopesAsClientsTakeThem: Group = {
  name: 'scope games',
  ownServer: true,
  cases: recordedClients.map((client) =>
    attempt(
      `the refusal of ${client.name}`,
      'issue on hosts: MCP_SCOPE_ERRORS=auto gives each client what it can use',
      async (stage) => {
        const { params } = stage.callOf('write_note') as {
          params: { name: string; arguments: object };
        };
        const { headers, body } = recordedCall(client, params.name, params.arguments);
        const claims = client.client === undefined ? {} : { client_id: client.client };
        return { body, headers: Object.entries(headers), token: await stage.token(claims) };
      },
      client.report === 'http' ? short('notes.read notes.write') : toolError,
    ),
  ),
};
