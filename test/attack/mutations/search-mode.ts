import { mutation, type Mutation } from './mutation.js';

const searching = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('search mode', file, name, ...edits);
const scope = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('scope games, by search', file, name, ...edits);

const inOffer = (name: string, ...edits: Mutation['edits']) =>
  searching('operations/offer.ts', name, ...edits);

export const searchMutations: readonly Mutation[] = [
  scope('operations/offer.ts', 'the gate ignores the operation in the arguments', [
    'operationOf: (name, args) => named(name, args)?.name',
    'operationOf: (name) => named(name, undefined)?.name',
  ]),
  {
    ...scope('operations/offer.ts', 'the scopes of the three tools, which need none', [
      'operationOf: (name, args) => named(name, args)?.name',
      'operationOf: (name) => name',
    ]),
    also: {
      file: 'mcp.ts',
      edits: [
        [
          'const refused = gate?.authorize(tool, caller, requestId);',
          'const refused = tool.name === toolCall.name ? gate?.authorize(tool, caller, requestId) : undefined;',
        ],
      ],
    },
  },
  scope('operations/offer.ts', 'the scopes of the first operation', [
    'operationOf: (name, args) => named(name, args)?.name',
    'operationOf: (name, args) => named(name, args) && api.tools[0]?.name',
  ]),
  scope('mcp.ts', 'the second check where an operation is named', [
    'const refused = gate?.authorize(tool, caller, requestId);',
    'const refused = tool.name === toolCall.name ? gate?.authorize(tool, caller, requestId) : undefined;',
  ]),
  scope('messages.ts', 'the arguments of the first message of a batch decide', [
    'operationOf(call.name, call.args) ?? []',
    'operationOf(call.name, callOf(messagesOf(body)[0])?.args) ?? []',
  ]),
  inOffer('reading and writing are not distinguished', [
    'name === (isRead(tool) ? names.read : names.write)',
    'name !== names.find',
  ]),
  searching('operations/three.ts', 'a POST reads', [
    'SAFE_METHODS.includes(request.method)',
    "[...SAFE_METHODS, 'POST'].includes(request.method)",
  ]),
  searching('operations/three.ts', 'hints decide what reads', [
    'export function isRead({ request }: Tool): boolean {\n  return ',
    'export function isRead({ request, annotations }: Tool): boolean {\n  return annotations.readOnlyHint || ',
  ]),
  searching('operations/three.ts', 'the tool that writes has the hints of the one that reads', [
    '{ ...WRITES, openWorldHint }',
    '{ ...READS, openWorldHint }',
  ]),
  searching('customize.ts', 'hidden operations stay', [
    'tools: api.tools.filter((other) => other !== tool)',
    'tools: api.tools.map((one) => (one === tool ? { ...one, pinned: false } : one))',
  ]),
  inOffer('an operation that is not pinned is a tool', [
    'return direct.get(name);',
    'return tools.get(name);',
  ]),
  inOffer('a request decides what is pinned', [
    'return direct.get(name);',
    "return direct.get(name) ?? (isObject(args) && args['pinned'] === true ? tools.get(name) : undefined);",
  ]),
  inOffer('no tool is pinned', ['return direct.get(name);', 'return undefined;']),
  inOffer('a text of JSON of any size and depth', [
    'return isOversized(bytes, BODY_LIMITS) ? undefined : (parseJson(bytes) as Json | undefined);',
    'return parseJson(bytes) as Json | undefined;',
  ]),
  inOffer('arguments as JSON text are not an object', [
    "typeof given === 'string' ? parsed(given) : given",
    'given',
  ]),
  inOffer('any text of JSON is arguments', [
    'return isObject(value) ? value : undefined;',
    'return isObject(value) ? value : {};',
  ]),
  inOffer('names of operations in any case', [
    "typeof operation === 'string' ? tools.get(operation) : undefined",
    "typeof operation === 'string' ? tools.get(operation.trim().toLowerCase()) : undefined",
  ]),
  inOffer('names of operations that are like one', [
    "typeof operation === 'string' ? tools.get(operation) : undefined",
    "typeof operation === 'string' ? tools.get(nearest(operation)[0] ?? '') : undefined",
  ]),
  mutation('limits, by search', 'steps.ts', 'a batch counts each of the three once', [
    'messagesOf(exchange.message).length - 1',
    'new Set(calledTools(exchange.message)).size - 1',
  ]),
  searching('mcp.ts', 'the log names the tool and not the operation', [
    'request, tool: tool.name,',
    'request, tool: toolCall.name,',
  ]),
  searching('mcp.ts', 'hits do not name the missing scopes', [
    'createOffer(api, tools, gate?.lacking)',
    'createOffer(api, tools)',
  ]),
  searching('operations/three.ts', 'any number of names', ['names.length > MAX_NAMES', 'false']),
];
