import { ID_JAG_PROFILE, JWT_BEARER } from '../../../src/commands/doctor/store/assertion.js';
import { subjectOf } from '../../../src/commands/doctor/store/look.js';
import { examine } from '../../../src/commands/doctor/store/rules.js';
import { hosts, type Host } from '../../../src/commands/doctor/store/hosts.js';
import type { Subject } from '../../../src/commands/doctor/store/subject.js';
import type { JsonObject } from '../../../src/load/document.js';
import { planPaths } from '../../plan/helpers.js';

/** A document that every host accepts. */
export const paths: JsonObject = {
  '/notes': {
    get: { operationId: 'listNotes', summary: 'List notes' },
    post: {
      operationId: 'addNote',
      summary: 'Add a note',
      requestBody: {
        content: {
          'application/json': {
            schema: { type: 'object', properties: { text: { type: 'string' } } },
          },
        },
      },
    },
  },
  '/notes/{id}': {
    delete: {
      operationId: 'deleteNote',
      summary: 'Delete a note',
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
    },
  },
};

const issuer = 'https://auth.example.com';

/** A document's server as if it were running with a perfect authorization server. */
export function subjectFrom(openapi: JsonObject): Subject {
  const { api } = planPaths(openapi, {}, { oauthServer: issuer });
  return {
    ...subjectOf(api),
    url: new URL('https://mcp.acme.dev/mcp'),
    resultCap: 60_000,
    running: {
      firstAnswer: 200,
      checks: [{ id: 'server-challenge', status: 'pass', found: '401' }],
      unknownTool: { status: 200, body: { error: { code: -32_602, message: 'Unknown tool' } } },
    },
    authorization: {
      issuer,
      metadata: {
        registration_endpoint: `${issuer}/register`,
        client_id_metadata_document_supported: true,
        token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
        code_challenge_methods_supported: ['S256'],
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        grant_types_supported: ['authorization_code', JWT_BEARER],
        authorization_grant_profiles_supported: [ID_JAG_PROFILE],
      },
      redirects: { accepted: true, how: 'A client could register.' },
      assertion: { result: 'refused' },
    },
    entry: {
      name: 'dev.acme/notes',
      description: 'Keeps notes.',
      version: '1.0.0',
      remotes: [{ type: 'streamable-http', url: 'https://mcp.acme.dev/mcp' }],
    },
  };
}

/** A server that every host accepts. */
export const flawless = subjectFrom(paths);

/** The same, with one of its tools changed. */
export function withTool(change: object, index = 0): Subject {
  const tools = (flawless.tools ?? []).map((tool, at) =>
    at === index ? { ...tool, ...change } : tool,
  );
  return { ...flawless, tools };
}

/** The ids of the rules that fail, for each host that has one of them. */
export function failing(subject: Subject): Partial<Record<Host, string[]>> {
  const found = hosts.map((host) => {
    const failed = examine(host, subject).filter(({ status }) => status === 'fail');
    return [host, failed.map(({ id }) => id)] as const;
  });
  return Object.fromEntries(found.filter(([, ids]) => ids.length > 0));
}
