import { extractWWWAuthenticateParams } from '@modelcontextprotocol/client';
import { decodeJwt } from 'jose';
import type { Stage } from './stage.js';
import { check, present, step } from './step.js';
import { askedToAuthorize, type Visitor } from './visitor.js';

type Setting = Pick<Stage, 'api' | 'authorization' | 'resource' | 'toolCount'>;

/** Reads with a read-only token, is refused a write, requests more scopes from the user, and writes. */
export async function work(visitor: Visitor, setting: Setting): Promise<void> {
  const { api, authorization, resource, toolCount } = setting;
  const draft = { body: { title: 'Show this to a friend', tags: ['work'] } };

  await step('tools/list', 'with the token', async () => {
    await visitor.connect();
    const { tools } = await visitor.client.listTools();
    check('The number of tools', tools.length, toolCount);
    return `${tools.length} tools: ${tools.map((tool) => tool.name).join(', ')}`;
  });
  await step('read', 'list_todos', async () => {
    const { items } = (await visitor.call('list_todos', { limit: 3 })) as { items: Titled[] };
    check('The number of to-dos', items.length, 3);
    return `list_todos { limit: 3 } → ${items.map((todo) => `“${todo.title}”`).join(', ')}`;
  });
  await step('write refused', 'create_todo', async () => {
    const before = api.requests.length;
    await askedToAuthorize(visitor.call('create_todo', draft));
    const { headers, status } = await visitor.last('POST', resource, 403);
    const challenge = extractWWWAuthenticateParams(new Response(null, { status, headers }));
    check('error', challenge.error, 'insufficient_scope');
    const wanted = challenge.scope?.split(' ').sort();
    check('scope (of the token and of the tool)', wanted, both);
    check('The number of requests that reached the API', api.requests.length - before, 0);
    return 'create_todo → 403 insufficient_scope: todo.read todo.write; the API received nothing';
  });
  await step('step-up', 'step-up', async () => {
    const asked = visitor.memory.authorizationUrl?.searchParams.get('scope')?.split(' ').sort();
    check('The scopes that the client requests', asked, ['offline_access', ...both]);
    await visitor.redeem(await visitor.agree());
    const { scope } = decodeJwt(visitor.memory.tokens()?.access_token ?? '');
    check('The scopes of the new token', String(scope).split(' ').sort(), both);
    const { user } = present('The consent', authorization.consents.at(1));
    return `the client requests todo.read todo.write by itself, ${user} consents → a new token`;
  });
  await step('write', 'create_todo', async () => {
    const { id } = await visitor.call('create_todo', draft);
    const created = present('The request to the API', api.requests.at(-1));
    check('The request', [created.method, created.path, created.status], ['POST', '/todos', 201]);
    const { title } = await visitor.call('get_todo', { id });
    check('The title of the new to-do', title, draft.body.title);
    return `create_todo → POST /todos → 201; get_todo { id: ${String(id)} } → “${title as string}”`;
  });
}

interface Titled {
  readonly title: string;
}

const both = ['todo.read', 'todo.write'];
