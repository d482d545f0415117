import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../support/fixtures.js';
import { generations, jsonOf } from '../support/generations.js';
import { HttpClient, isUnauthorized, textOf, type Message } from '../support/http-client.js';
import type { Project } from '../support/project.js';
import { buildTodo, source, startTodoStage, type TodoStage } from '../support/todo-stage.js';

let project: Project;

beforeAll(async () => {
  project = await buildTodo();
});

afterAll(() => project.remove());

describe.each(generations)('$name drives the Todo server', (generation) => {
  const { era } = generation;
  let stage: TodoStage;
  let client: HttpClient;

  beforeAll(async () => {
    stage = await startTodoStage(project);
    client = new HttpClient(generation, stage.server.url, { login: 'ada' });
  });

  afterAll(async () => {
    await client.close();
    await stage.close();
  });

  it('gets access: challenge, discovery, registration, PKCE, resource, token', async () => {
    await expect(client.connect()).rejects.toSatisfy(isUnauthorized);
    const [refused] = client.messages();
    expect(refused?.exchange.status).toBe(401);
    const asked = client.memory.authorizationUrl?.searchParams;
    expect(asked?.get('client_id')).toBe(client.memory.clientInformation()?.client_id);
    expect(asked?.get('code_challenge_method')).toBe('S256');
    expect(asked?.get('resource')).toBe(stage.server.url);
    expect(withoutOfflineAccess(asked?.get('scope') ?? '')).toEqual(['todo.read']);
    await client.authorize();
    const claims = decodeJwt(client.memory.tokens()?.access_token ?? '');
    expect(claims).toMatchObject({ aud: stage.server.url, sub: 'ada', scope: 'todo.read' });
    await client.connect();
  });

  it('lists the operations of the document, each with everything that a client needs', async () => {
    const tools = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(toolNames());
    const replace = tools.find(({ name }) => name === 'replace_attachment');
    expect(replace).toMatchObject({
      inputSchema: { type: 'object', required: ['id', 'body'] },
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
      _meta: { securitySchemes: [{ type: 'oauth2', scopes: ['todo.write'] }] },
    });
  });

  it('reads', async () => {
    const result = await client.call('get_todo', { id: 2 });
    expect(result.isError).not.toBe(true);
    expect(jsonOf(result)).toMatchObject({ id: 2, title: 'Buy milk', tags: ['home'] });
    // One copy is enough: there is no outputSchema.
    expect(result).not.toHaveProperty('structuredContent');
    expect(stage.api.requests.at(-1)).toMatchObject({ method: 'GET', path: '/todos/2' });
  });

  it('follows the pages', async () => {
    const titles: unknown[] = [];
    let cursor: unknown;
    do {
      const result = await client.call('list_todos', {
        limit: 2,
        ...(cursor !== undefined && { cursor }),
      });
      const page = jsonOf(result);
      titles.push(...(page['items'] as { title: string }[]).map(({ title }) => title));
      cursor = page['next_cursor'];
    } while (cursor !== undefined);
    expect(titles).toHaveLength(5);
    expect(new Set(titles).size).toBe(5);
  });

  it('sees a picture as an image', async () => {
    const { content } = await client.call('get_attachment', { id: 1 });
    expect(content).toEqual([expect.objectContaining({ type: 'image', mimeType: 'image/png' })]);
    expect(atob(content[0]?.data ?? '')).toMatch(/^\x89PNG\r\n/);
  });

  it('gets a failure of the API as a result', async () => {
    const result = await client.call('get_todo', { id: 999 });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toMatch(/404 Not Found[^]*There is no to-do 999/);
  });

  it('gets wrong arguments reported as a result, without a request to the API', async () => {
    const before = stage.api.requests.length;
    const result = await client.call('get_todo', { id: 'seven' });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('id');
    expect(stage.api.requests).toHaveLength(before);
  });

  it('gets an unknown tool reported as a protocol error', async () => {
    await expect(client.call('no_such_tool')).rejects.toMatchObject({ code: -32602 });
  });

  it('is refused without the scope, asks for it, and is then allowed', async () => {
    const before = stage.api.requests.length;
    const body = { title: `Made by ${generation.name}`, subtasks: [{ title: 'One step' }] };
    await expect(client.call('create_todo', { body })).rejects.toSatisfy(isUnauthorized);
    const refused = client.messages().at(-1)?.exchange;
    expect(refused?.status).toBe(403);
    expect(refused?.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(stage.api.requests).toHaveLength(before);
    await client.authorize();
    const created = await client.call('create_todo', { body });
    expect(jsonOf(created)).toMatchObject(body);
    expect(stage.api.requests.at(-1)).toMatchObject({ method: 'POST', status: 201 });
    expect(
      stage.authorization.consents.map(({ user, scopes }) => [
        user,
        withoutOfflineAccess(scopes.join(' ')),
      ]),
    ).toEqual([
      ['ada', ['todo.read']],
      ['ada', ['todo.read', 'todo.write']],
    ]);
  });

  it('uploads a picture, byte for byte', async () => {
    const png = Buffer.from([...Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 0, 255, 254, 10, 13]);
    const body = png.toString('base64');
    const replaced = await client.call('replace_attachment', { id: 3, body });
    expect(replaced.isError).not.toBe(true);
    expect(stage.api.requests.at(-1)?.headers['content-type']).toBe('image/png');
    const { content } = await client.call('get_attachment', { id: 3 });
    expect(content[0]?.data).toBe(body);
  });

  it('disconnects, and its pending call to the API ends', async () => {
    const leaving = new AbortController();
    const call = client.call('get_report', { seconds: 30 }, leaving.signal);
    const ended = expect(call).rejects.toThrow();
    const path = '/report?seconds=30';
    await expect.poll(() => stage.api.requests.at(-1)?.path).toBe(path);
    leaving.abort();
    await ended;
    // In the era of `initialize`, a server without sessions only notices the end of the connection.
    if (era === 'initialize') await client.close();
    await expect.poll(() => stage.api.requests.at(-1)).toMatchObject({ path, aborted: true });
    await client.connect();
  });

  it('uses only the protocol of its era throughout', () => {
    const sent = client.messages();
    const opening = sent.filter(({ method }) => /^initialize$|discover/.test(method));
    const rest = sent.filter((message) => !opening.includes(message));
    const initialize = era === 'initialize';
    expect(kindsOf(opening)).toEqual([
      initialize ? 'initialize (no version)' : `server/discover (${era})`,
    ]);
    expect(kindsOf(rest)).toContain(`tools/call (${initialize ? '2025-11-25' : era})`);
    expect(new Set(rest.map(({ version }) => version)).size).toBe(1);
  });

  it('never sees the key, and the API never sees the tokens', () => {
    const { api, apiKey, server } = stage;
    expect(api.requests.every(({ headers }) => headers['x-api-key'] === apiKey)).toBe(true);
    const tokens = client.memory.issued.map(({ access_token }) => access_token);
    expect(tokens).toHaveLength(2);
    for (const secret of [apiKey, btoa(apiKey).replace(/=+$/, '')]) {
      expect(client.wire.received()).not.toContain(secret);
      expect(server.output()).not.toContain(secret);
    }
    for (const token of tokens) {
      expect(JSON.stringify(api.requests)).not.toContain(token);
      expect(server.output()).not.toContain(token);
    }
  });
});

/** Scopes in order; newer clients also ask for refresh tokens, if the authorization server offers them. */
function withoutOfflineAccess(scope: string): string[] {
  return scope
    .split(' ')
    .filter((name) => name !== 'offline_access')
    .sort();
}

function kindsOf(messages: readonly Message[]): string[] {
  return [
    ...new Set(messages.map(({ method, version }) => `${method} (${version ?? 'no version'})`)),
  ];
}

/** The names that the operations of the document must have, in the constant order of the list. */
function toolNames(): string[] {
  const { paths } = parse(readFileSync(join(root, source), 'utf8')) as {
    paths: Record<string, Record<string, { operationId?: string }>>;
  };
  const ids = Object.values(paths).flatMap((item) =>
    Object.values(item).flatMap(({ operationId }) => operationId ?? []),
  );
  return ids.map((id) => id.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).sort();
}
