import {
  attempt,
  ensure,
  expectAnswer,
  scenario,
  type Case,
  type Expectation,
  type Group,
} from '../case.js';
import type { Stage } from '../stage.js';

const rfc6750 = 'RFC 6750 section 3.1';
const oneParse = 'resource-server.md: the check and the dispatch use the same parse';

/** 403, and what the client is to ask for. */
const short = (scope: string): Expectation => ({
  status: 403,
  challenge: { error: 'insufficient_scope', scope },
});
const done: Expectation = { status: 200, upstream: 1 };

function calling(
  name: string,
  granted: unknown,
  tool: string,
  expected: Expectation,
  source = rfc6750,
): Case {
  const claims = typeof granted === 'string' ? { scope: granted } : (granted as object);
  return attempt(
    name,
    source,
    async (stage) => ({
      body: stage.callOf(tool, tool === 'read_note' ? { id: '1' } : {}),
      token: await stage.token({ ...claims }),
    }),
    expected,
  );
}

/** A body that is written by hand, with a token that may read. */
function body(
  name: string,
  source: string,
  text: (stage: Stage) => unknown,
  expected: Expectation,
): Case {
  return attempt(
    name,
    source,
    async (stage) => ({ body: text(stage), token: await stage.token() }),
    expected,
  );
}

const write =
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write_note","arguments":{}}}';

export const scopes: Group = {
  name: 'scope games',
  ownServer: true,
  cases: [
    calling('the scope it needs', 'notes.read', 'read_note', done),
    calling('no scope', '', 'read_note', short('notes.read')),
    calling('a scope of another API', 'other.read', 'read_note', short('notes.read')),
    calling(
      'another scope: the one it has is asked for too',
      'notes.read',
      'write_note',
      short('notes.read notes.write'),
    ),
    calling(
      'foreign scopes are not asked for again',
      'notes.read openid email',
      'write_note',
      short('notes.read notes.write'),
    ),
    calling(
      'upper case',
      'NOTES.READ',
      'read_note',
      short('notes.read'),
      'RFC 6749 section 3.3: case-sensitive',
    ),
    calling('a beginning', 'notes.rea', 'read_note', short('notes.read')),
    calling('a continuation', 'notes.read.all', 'read_note', short('notes.read')),
    calling('a wildcard', '* notes.*', 'read_note', short('notes.read')),
    calling(
      'a comma instead of a space',
      'notes.write,notes.read',
      'read_note',
      short('notes.read'),
    ),
    calling('a look-alike letter', 'nоtes.read', 'read_note', short('notes.read')),
    calling('a tab instead of a space', 'x\tnotes.read', 'read_note', short('notes.read')),
    calling('an object', { scope: { 'notes.read': true } }, 'read_note', short('notes.read')),
    calling('a number', { scope: 7 }, 'read_note', short('notes.read')),
    calling(
      'a list with something else in it',
      { scope: ['notes.read', 7] },
      'read_note',
      short('notes.read'),
    ),
    calling('a list', { scope: ['notes.read'] }, 'read_note', done, 'RFC 9068 section 2.2.3'),
    calling(
      'scp, a list',
      { scope: undefined, scp: ['notes.read'] },
      'read_note',
      done,
      'Okta, access token',
    ),
    calling(
      'scp, a string',
      { scope: undefined, scp: 'notes.read' },
      'read_note',
      done,
      'Entra ID, access token',
    ),
    calling('scope and scp together', { scope: 'notes.read', scp: ['notes.write'] }, 'purge', done),
    calling(
      'roles, which are not configured',
      { scope: '', roles: ['notes.read'] },
      'read_note',
      short('notes.read'),
    ),
    calling('one alternative', 'notes.admin', 'purge', done, 'OpenAPI 3.1, security requirements'),
    calling(
      'half an alternative',
      'notes.write',
      'purge',
      { status: 403 },
      'OpenAPI 3.1, security requirements',
    ),
    calling(
      'the other alternative',
      'notes.write notes.read',
      'purge',
      done,
      'OpenAPI 3.1, security requirements',
    ),
    calling('no scope where none is needed', '', 'search', done),
    scenario('a refused call does not say why beyond the challenge', rfc6750, async (stage) => {
      const answer = await expectAnswer(
        stage,
        { body: stage.callOf('write_note'), token: await stage.token({ sub: 'mallory-mark' }) },
        short('notes.read notes.write'),
      );
      ensure(!answer.body.includes('mallory-mark'), answer.body);
    }),
    attempt(
      'the refusal is in the log, with who and what',
      'resource-server.md',
      async (stage) => ({
        body: stage.callOf('write_note'),
        token: await stage.token({ sub: 'mallory', client_id: 'app-7' }),
      }),
      { status: 403, log: /"scope_failure".*write_note.*mallory.*app-7/ },
    ),
    scenario(
      'tools/list shows what the token may not call',
      'resource-server.md',
      async (stage) => {
        const answer = await stage.send({ token: await stage.token({ scope: '' }) });
        for (const tool of ['read_note', 'write_note', 'purge'])
          ensure(answer.body.includes(`"${tool}"`), `${tool} is not there`);
        ensure(answer.body.includes('"securitySchemes"'), 'there are no securitySchemes');
      },
    ),
    ...batches(),
    ...spellings(),
  ],
};

function batches(): Case[] {
  const batch =
    (...tools: string[]) =>
    (stage: Stage) =>
      tools.map((tool, index) =>
        stage.callOf(tool, tool === 'read_note' ? { id: '1' } : {}, index),
      );
  const whole = 'resource-server.md: one refused message, nothing executed';
  return [
    body('a batch with a refused call at its end', whole, batch('read_note', 'write_note'), {
      status: 403,
    }),
    body('a batch with a refused call at its beginning', whole, batch('write_note', 'read_note'), {
      status: 403,
    }),
    body('a batch of allowed calls', 'JSON-RPC 2.0 section 6', batch('read_note', 'read_note'), {
      status: 200,
      upstream: 2,
    }),
    body(
      'a refused call as a notification',
      whole,
      (stage) => ({ ...stage.callOf('write_note'), id: undefined }),
      { status: 403 },
    ),
    body(
      'a batch of 101',
      'resource-server.md: nothing hangs on a size',
      batch(...Array<string>(101).fill('read_note')),
      { status: 400 },
    ),
    body('an empty batch', 'JSON-RPC 2.0 section 6', () => [], { status: [200, 202, 400] }),
    body(
      'a batch in a batch',
      'JSON-RPC 2.0 section 6',
      (stage) => [[stage.callOf('write_note')]],
      { status: [200, 202, 400] },
    ),
  ];
}

function spellings(): Case[] {
  const name = (text: string) => write.replace('"write_note"', text);
  const noSuchTool = { status: [200, 400, 403, 404] };
  return [
    body(
      'two names, the harmless one first',
      oneParse,
      () => name('"read_note","name":"write_note"'),
      { status: 403 },
    ),
    body('two names, the harmless one last', oneParse, () => name('"write_note","name":"search"'), {
      status: 200,
      upstream: 1,
    }),
    body(
      'two methods, the harmless one first',
      oneParse,
      () => write.replace('"method":', '"method":"tools/list","method":'),
      { status: 403 },
    ),
    body(
      'two params',
      oneParse,
      () =>
        write.replace(
          '"params":',
          '"params":{"name":"read_note","arguments":{"id":"1"}},"params":',
        ),
      { status: 403 },
    ),
    body('an escaped name', oneParse, () => name('"\\u0077rite_note"'), { status: 403 }),
    body('an escaped method', oneParse, () => write.replace('tools/call', 'tools\\/call'), {
      status: 403,
    }),
    body(
      '__proto__ as the params',
      oneParse,
      () => write.replace('"params"', '"__proto__"'),
      noSuchTool,
    ),
    body('a byte order mark', oneParse, () => `\ufeff${write}`, { status: [400, 403] }),
    ...[
      'WRITE_NOTE',
      'write_note ',
      ' write_note',
      'write-note',
      'writeNote',
      'write_note\\u0000',
      'wr\\u0456te_note',
      '__proto__',
      'constructor',
      'toString',
    ].map((spelling) =>
      body(`the tool ${spelling}`, oneParse, () => name(`"${spelling}"`), {
        ...noSuchTool,
        challenge: 'none',
      }),
    ),
    ...['["write_note"]', '{"toString":"write_note"}', 'null', '7'].map((value) =>
      body(`the name ${value}`, oneParse, () => name(value), noSuchTool),
    ),
    ...['TOOLS/CALL', 'tools/call ', 'Tools/Call', 'tools//call'].map((method) =>
      body(
        `the method ${JSON.stringify(method)}`,
        oneParse,
        () => write.replace('tools/call', method),
        { status: [200, 400, 404] },
      ),
    ),
    body('a name of 200 letters', 'resource-server.md', () => name(`"${'a'.repeat(200)}"`), {
      status: [200, 400],
    }),
    ...(['read_note', 'search'] as const).map((harmless) =>
      attempt(
        `the header Mcp-Name says ${harmless}, the body another`,
        'MCP 2026-07-28, transports: header and body must agree',
        async (stage) => ({
          body: write,
          token: await stage.token(),
          headers: [
            ['MCP-Protocol-Version', '2026-07-28'],
            ['Mcp-Method', 'tools/call'],
            ['Mcp-Name', harmless],
          ],
        }),
        { status: [400, 403] },
      ),
    ),
  ];
}

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
        body: /"mcp\/www_authenticate":\["Bearer error=\\"insufficient_scope\\".*"isError":true/,
      },
      'ChatGPT, triggering authentication',
    ),
    calling('what is allowed', 'notes.read', 'read_note', done),
  ],
};
