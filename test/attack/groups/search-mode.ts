import {
  attempt,
  ensure,
  scenario,
  type Case,
  type Environment,
  type Expectation,
  type Group,
} from '../case.js';
import { toolCall, type Stage } from '../stage.js';
import { short } from './scope-calls.js';

const issue = 'issue on large APIs: each call is judged as the operation it is';
const [find, read, write] = ['find_operations', 'call_read_operation', 'call_write_operation'];
const everything = 'notes.read notes.write notes.admin';
/** Answered by the server itself. */
const refused = (why: RegExp): Expectation => ({ status: 200, challenge: 'none', body: why });
const isFault = /^(?=.*"isError":true)/s;
const unknownTool: Expectation = { status: [200, 400], challenge: 'none', body: /-32602/ };

/** A message with a token, by default one with all scopes. */
function sent(name: string, body: unknown, expected: Expectation, scope = everything): Case {
  return attempt(
    name,
    issue,
    async (stage) => ({ body, token: await stage.token({ scope }) }),
    expected,
  );
}

const by = (tool: unknown, name: unknown, args?: unknown) =>
  toolCall(tool, { name, ...(args !== undefined && { arguments: args }) });

const kinds: Case[] = [
  sent('an operation that writes, by the tool that reads', by(read, 'write_note', {}), {
    ...refused(/write_note is a write operation \(POST\): call it with call_write_operation/),
  }),
  sent('a writing operation through the tool that only reads', by(read, 'upload', {}), {
    ...refused(/upload is a write operation/),
  }),
  sent('an operation that reads, by the tool that writes', by(write, 'read_note', { id: '1' }), {
    ...refused(/read_note only reads: call it with call_read_operation/),
  }),
  sent('an operation by the tool that finds', by(find, 'read_note', { id: '1' }), {
    status: 200,
    challenge: 'none',
  }),
  ...[find, read, write].map((name) =>
    sent(`${name} as an operation`, by(read, name, { name: 'write_note' }), refused(isFault)),
  ),
  sent('an operation in an operation', by(read, 'read_note', { name: 'write_note' }), {
    ...refused(isFault),
  }),
];

const names: Case[] = [
  sent('two operations, the harmless one last', twice('"name":"write_note"', '"name":"search"'), {
    ...refused(/search only reads/),
  }),
  sent(
    'two tools, the harmless one first',
    JSON.stringify(by(write, 'write_note', {})).replace(
      `"name":"${write}"`,
      `"name":"${find}","name":"${write}"`,
    ),
    short('notes.read notes.write'),
    'notes.read',
  ),
  sent(
    'two arguments, the harmless ones first',
    JSON.stringify(by(write, 'write_note', {})).replace(
      '"arguments":',
      '"arguments":{"name":"read_note"},"arguments":',
    ),
    short('notes.read notes.write'),
    'notes.read',
  ),
  ...[read.toUpperCase(), `${read} `, 'call-read-operation', 'callReadOperation'].map((tool) =>
    sent(`the tool ${JSON.stringify(tool)}`, by(tool, 'read_note', { id: '1' }), unknownTool),
  ),
  ...['Read_note', 'read_note ', 'read-note', 'readNote', 'read_not', 'read_note\u0000'].map(
    (name) =>
      sent(`the operation ${JSON.stringify(name)}`, by(read, name, { id: '1' }), {
        ...refused(/There is no operation/),
      }),
  ),
  sent('an operation of 200,000 letters', by(read, 'a'.repeat(200_000)), refused(isFault)),
];

/** The text of a call that writes, with another member behind one. */
function twice(first: string, second: string): string {
  const text = JSON.stringify(by(write, 'write_note', {}));
  return text.replace(first, `${first},${second}`);
}

const direct: Case[] = [
  ...['read_note', 'write_note'].map((name) =>
    sent(`${name} as a separate tool, which is not pinned`, toolCall(name, { id: '1' }), {
      ...unknownTool,
    }),
  ),
  sent('an operation that a request calls pinned', toolCall('read_note', pinned()), unknownTool),
  sent('a pinned operation', toolCall('read_pair', { a: '1', b: '2' }), {
    status: 200,
    upstream: 1,
  }),
  sent(
    'a pinned operation without its scope',
    toolCall('read_pair', { a: '1', b: '2' }),
    short('notes.read'),
    '',
  ),
];

function pinned() {
  return { id: '1', pinned: true, 'x-mcp': { pinned: true }, _meta: { pinned: true } };
}

const nested = (depth: number) => `{"id":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const wide = JSON.stringify({
  body: Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`k${index}`, 0])),
});

const texts: Case[] = [
  sent('arguments as JSON text', by(read, 'read_note', '{"id":"1"}'), {
    status: 200,
    upstream: 1,
  }),
  sent('sixty thousand members in a text', by(write, 'write_note', wide), {
    ...refused(/`arguments` must be an object/),
  }),
  ...['["x"]', '"{}"', '7', 'null', '{', '{"id":"1"}{}', nested(1000), nested(100_000)].map(
    (text) =>
      sent(
        `arguments as the text ${text.slice(0, 20)}, ${text.length}`,
        by(read, 'read_note', text),
        {
          ...refused(/`arguments` must be an object/),
        },
      ),
  ),
  sent(
    'a text that names another operation',
    by(write, 'write_note', '{"name":"search","arguments":{}}'),
    short('notes.read notes.write'),
    'notes.read',
  ),
];

/** The text of the result of `find_operations`. */
async function found(stage: Stage, args: object, scope = everything): Promise<string> {
  const token = await stage.token({ scope });
  const { status, body } = await stage.send({ body: toolCall(find, args), token });
  ensure(status === 200, `the status is ${status}`);
  return body;
}

const finding: Case[] = [
  scenario('the list has the three and the pinned ones', issue, async (stage) => {
    const { body } = await stage.send({ token: await stage.token({ scope: '' }) });
    const { tools } = (JSON.parse(body) as { result: { tools: ListedTool[] } }).result;
    const listed = tools.map(({ name, annotations: hints }) =>
      [name, hints.readOnlyHint, hints.destructiveHint].join(' '),
    );
    const expected = [`${find} true false`, `${read} true false`, `${write} false true`];
    expected.push('read_pair true false');
    ensure(listed.join() === expected.join(), `it is ${listed.join()}`);
  }),
  scenario('a hit names the missing scopes', issue, async (stage) => {
    const text = await found(stage, { names: ['write_note'] }, 'notes.read');
    ensure(text.includes('[needs scope notes.write]'), text);
    const granted = await found(stage, { names: ['write_note'] });
    ensure(!granted.includes('needs scope'), granted);
  }),
  scenario('more names than fit into an answer', issue, async (stage) => {
    const text = await found(stage, { names: Array(2000).fill('upload') });
    ensure(text.includes('"isError":true') && text.length < 1000, text.slice(0, 200));
  }),
  ...[
    { query: 'note '.repeat(100_000) },
    { query: `${'a'.repeat(200_000)}!` },
    { query: 'note', limit: 1e9 },
    { query: 'note', limit: -1 },
    { names: Array(20).fill('x'.repeat(100_000)) },
    { resource: 'x'.repeat(200_000) },
    { resource: '__proto__' },
    { tag: 'constructor' },
  ].map((args) =>
    scenario(`finding ${JSON.stringify(args).slice(0, 40)}`, issue, async (stage) => {
      const text = await found(stage, args);
      ensure(text.length < 60_000, `the answer has ${text.length} characters`);
    }),
  ),
];

interface ListedTool {
  readonly name: string;
  readonly annotations: { readonly readOnlyHint: boolean; readonly destructiveHint: boolean };
}

const hidden: Case[] = [
  sent('a hidden operation', by(read, 'read_vault', {}), refused(/There is no operation/)),
  sent('a hidden operation without any scope', by(read, 'read_vault', {}), refused(isFault), ''),
  sent('a hidden operation as a separate tool', toolCall('read_vault', {}), unknownTool),
  ...[{ query: 'read vault' }, { names: ['read_vault'] }, { resource: 'vault' }, {}].map((args) =>
    scenario(`a hidden operation, by ${JSON.stringify(args)}`, issue, async (stage) => {
      const text = await found(stage, args);
      ensure(!/\/vault|main\.ts|GET read_vault/.test(text), text);
    }),
  ),
];

const logged: Case[] = [
  sent('the log names the operation', by(read, 'read_note', { id: '1' }), {
    status: 200,
    upstream: 1,
    log: /"tool_call".*"tool":"read_note"/,
  }),
  sent(
    'the log names the operation that was refused',
    by(write, 'write_note', {}),
    { status: 403, log: /"scope_failure".*write_note/ },
    'notes.read',
  ),
];

const env: Environment = () => ({ MCP_TOOLS: 'search' });

/** Calls that the three tools must refuse. */
export const searchMode: Group = {
  name: 'search mode',
  ownServer: true,
  env,
  cases: [...kinds, ...names, ...direct, ...texts, ...finding, ...hidden, ...logged],
};

/** A hidden operation where each operation is a tool. */
export const hiddenTools: Group = {
  name: 'search mode',
  ownServer: true,
  env: () => ({ MCP_TOOLS: 'all' }),
  cases: [
    sent('a hidden tool', toolCall('read_vault', {}), unknownTool),
    scenario('a hidden tool in the list', issue, async (stage) => {
      const { body } = await stage.send({ token: await stage.token() });
      ensure(!body.includes('vault'), 'it is there');
    }),
    ...[find, read, write].map((name) =>
      sent(`${name}, where there is none`, by(name, 'read_note', { id: '1' }), unknownTool),
    ),
  ],
};
