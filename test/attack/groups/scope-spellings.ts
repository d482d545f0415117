import { attempt, type Case } from '../case.js';
import type { Stage } from '../stage.js';
import { body, oneParse, writeIn } from './scope-calls.js';

export function batches(): Case[] {
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
    body(
      'a batch of 101 refused calls',
      'messages.ts: not taken apart before it is refused for its size',
      batch(...Array<string>(101).fill('write_note')),
      { status: 400 },
    ),
    body('an empty batch', 'JSON-RPC 2.0 section 6', () => [], { status: [200, 202, 400] }),
    body(
      'a batch of a hundred lists',
      'resource-server.md: never a hang',
      () => Array.from({ length: 100 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'tools/list' })),
      { status: 400 },
    ),
    body(
      'a batch that cancels itself, and would wait for ever',
      'resource-server.md: never a hang',
      () => [
        { jsonrpc: '2.0', id: 7, method: 'ping' },
        { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } },
      ],
      { status: 400 },
    ),
    body(
      'a batch in a batch',
      'JSON-RPC 2.0 section 6',
      (stage) => [[stage.callOf('write_note')]],
      { status: [200, 202, 400] },
    ),
  ];
}

/** The refused call, spelled otherwise. */
const edited = (from: string, to: string) => (stage: Stage) =>
  writeIn(stage).replace(from, () => to);

export function spellings(): Case[] {
  const name = (text: string) => edited('"write_note"', text);
  const noSuchTool = { status: [200, 400, 403, 404] };
  return [
    body('two names, the harmless one first', oneParse, name('"read_note","name":"write_note"'), {
      status: 403,
    }),
    body('two names, the harmless one last', oneParse, name('"write_note","name":"search"'), {
      status: 200,
      upstream: 1,
    }),
    body(
      'two methods, the harmless one first',
      oneParse,
      edited('"method":', '"method":"tools/list","method":'),
      { status: 403 },
    ),
    body(
      'two params',
      oneParse,
      edited('"params":', '"params":{"name":"read_note","arguments":{"id":"1"}},"params":'),
      { status: 403 },
    ),
    body('an escaped name', oneParse, name('"\\u0077rite_note"'), { status: 403 }),
    body('an escaped method', oneParse, edited('tools/call', 'tools\\/call'), {
      status: 403,
    }),
    body('__proto__ as the params', oneParse, edited('"params"', '"__proto__"'), noSuchTool),
    body('a byte order mark', oneParse, (stage) => `\ufeff${writeIn(stage)}`, {
      status: [400, 403],
    }),
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
      body(`the tool ${spelling}`, oneParse, name(`"${spelling}"`), {
        ...noSuchTool,
        challenge: 'none',
      }),
    ),
    ...['["write_note"]', '{"toString":"write_note"}', 'null', '7'].map((value) =>
      body(`the name ${value}`, oneParse, name(value), noSuchTool),
    ),
    ...['TOOLS/CALL', 'tools/call ', 'Tools/Call', 'tools//call'].map((method) =>
      body(`the method ${JSON.stringify(method)}`, oneParse, edited('tools/call', method), {
        status: [200, 400, 404],
      }),
    ),
    body('a name of 200 letters', 'resource-server.md', name(`"${'a'.repeat(200)}"`), {
      status: [200, 400],
    }),
    ...(['read_note', 'search'] as const).map((harmless) =>
      attempt(
        `the header Mcp-Name says ${harmless}, the body another`,
        'MCP 2026-07-28, transports: header and body must agree',
        async (stage) => ({
          body: writeIn(stage),
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
