import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assistant, terminalClientId } from '../../fixtures/todo/deployment/clients.js';
import type { Deployment } from '../../fixtures/todo/deployment/deployment.js';
import { generations, jsonOf } from '../support/generations.js';
import { HttpClient, isUnauthorized } from '../support/http-client.js';
import type { KnownClient } from '../support/oauth-client.js';
import type { Project } from '../support/project.js';
import { deployTodo } from '../support/todo-deployment.js';
import { buildTodo } from '../support/todo-stage.js';
import { signInLikeVsCode } from '../support/vs-code.js';

// The fifth way, a page in a browser, is in first-party-page.test.ts.

let project: Project;
let deployment: Deployment;

beforeAll(async () => {
  project = await buildTodo();
  deployment = await deployTodo(project);
});

afterAll(async () => {
  await deployment.close();
  await project.remove();
});

const ways: [way: string, known: (issuer: string) => KnownClient, clientId: string | RegExp][] = [
  [
    'a preregistered client',
    (issuer) => ({
      information: {
        client_id: assistant.client_id,
        client_secret: assistant.client_secret,
        issuer,
      },
      redirectUrl: assistant.redirect_uris[0],
    }),
    assistant.client_id,
  ],
  [
    'a public client with a client ID metadata document',
    () => ({
      clientMetadataUrl: terminalClientId,
      redirectUrl: 'http://127.0.0.1:41234/callback',
    }),
    terminalClientId,
  ],
  ['a public client with dynamic registration', () => ({}), /^[\w-]{20,}$/],
];

describe.each(ways)('%s', (_way, known, clientId) => {
  it.each(generations)('gets access with $name', async (generation) => {
    const client = new HttpClient(generation, deployment.server, {
      login: 'ada',
      known: known(deployment.issuer),
    });
    await expect(client.connect()).rejects.toSatisfy(isUnauthorized);
    expect(client.memory.authorizationUrl?.searchParams.get('client_id')).toMatch(clientId);
    await client.authorize();
    await client.connect();
    const result = await client.call('get_todo', { id: 2 });
    expect(jsonOf(result)).toMatchObject({ id: 2, title: 'Buy milk' });
    expect(decodeJwt(client.memory.tokens()?.access_token ?? '')).toMatchObject({
      aud: deployment.server,
      sub: 'ada',
      client_id: expect.stringMatching(clientId) as string,
    });
    await client.close();
  });
});

describe('VS Code', () => {
  const read = async (token: string) => {
    const [, , generation] = generations;
    if (generation === undefined) throw new Error('There is no third generation.');
    const client = new HttpClient(generation, deployment.server, { token });
    await client.connect();
    const result = await client.call('get_todo', { id: 2 });
    await client.close();
    return jsonOf(result);
  };

  it.each([
    ['its port', 'http://127.0.0.1:33418/'],
    ['another port, when its own is taken', 'http://127.0.0.1:59656/'],
    ['its page on the web', 'https://vscode.dev/redirect'],
  ])('gets access by %s', async (_name, redirectUri) => {
    const { token } = await signInLikeVsCode(deployment.server, { login: 'ada', redirectUri });
    expect(decodeJwt(token)).toMatchObject({ sub: 'ada', scope: 'todo.read' });
    expect(await read(token)).toMatchObject({ title: 'Buy milk' });
  });

  it('finds the metadata at the first URL, with and without the challenge', async () => {
    const { server, issuer } = deployment;
    const metadata = `${new URL(server).origin}/.well-known/oauth-protected-resource/mcp`;
    const wanted = [metadata, `${issuer}/.well-known/oauth-authorization-server`];
    const told = await signInLikeVsCode(server, { login: 'ada' });
    expect(told.asked).toEqual(wanted);
    const guessed = await signInLikeVsCode(server, { login: 'ada', withoutChallenge: true });
    expect(guessed.asked).toEqual(wanted);
    expect(await read(guessed.token)).toMatchObject({ title: 'Buy milk' });
  });
});
