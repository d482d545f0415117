import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuthorizationServer } from '../support/authorization-server.js';
import { listen } from '../support/http.js';

/** An API for users only: it introspects every token at its authorization server. */
export interface AccountApi {
  readonly url: string;
  /** The scopes of each received token, or the reason for its refusal. */
  readonly seen: string[];
  readonly close: () => Promise<void>;
}

/** Starts it. */
export async function startAccountApi({ provider }: AuthorizationServer): Promise<AccountApi> {
  const seen: string[] = [];
  const server = await listen((request, response) => {
    const value = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    void provider.AccessToken.find(value).then((token) => {
      const user = token?.isValid === true ? token.accountId : undefined;
      seen.push(user === undefined ? 'refused' : `${user}: ${token?.scope ?? ''}`);
      response.writeHead(user === undefined ? 401 : 200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(user === undefined ? { error: 'invalid_token' } : { user }));
    });
  });
  return { url: server.url, seen, close: server.close };
}

/** Writes its document, and returns the path. */
export async function writeDocument(
  folder: string,
  flow: Readonly<Record<string, string>>,
  api = 'https://api.example.com',
): Promise<string> {
  const path = join(folder, 'account.json');
  const operation = (operationId: string, ...scopes: string[]) => ({
    operationId,
    security: [{ account: scopes }],
    responses: { 200: { description: 'OK' } },
  });
  const scopes = { 'account.read': 'Read', 'account.write': 'Write', 'account.admin': 'All' };
  const document = {
    openapi: '3.1.0',
    info: { title: 'Account', version: '1' },
    servers: [{ url: api }],
    components: {
      securitySchemes: {
        account: { type: 'oauth2', flows: { authorizationCode: { ...flow, scopes } } },
      },
    },
    paths: {
      '/me': {
        get: operation('getMe', 'account.read'),
        put: operation('putMe', 'account.write'),
      },
    },
  };
  await writeFile(path, JSON.stringify(document));
  return path;
}
