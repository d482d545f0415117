import { mutation, type Mutation } from './mutation.js';

const confirming = (name: string, ...edits: Mutation['edits']) =>
  mutation('confirmations', 'confirm.ts', name, ...edits);
const inMcp = (name: string, ...edits: Mutation['edits']) =>
  mutation('confirmations', 'mcp.ts', name, ...edits);
const stepUp = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('scope games', file, name, ...edits);

export const confirmationMutations: readonly Mutation[] = [
  inMcp('nothing is confirmed', ['if (unconfirmed !== undefined) return unconfirmed;', '']),
  {
    ...inMcp('only tools that are listed by themselves are confirmed', [
      'await confirmation.check(tool,',
      'tool.name !== toolCall.name ? undefined : await confirmation.check(tool,',
    ]),
    group: 'confirmations, by search',
  },
  inMcp('the arguments of the call are not looked at', [
    'check(tool, meant.arguments, asking',
    'check(tool, {}, asking',
  ]),
  inMcp('a person is asked about calls that cannot be made', [
    'const refused = check?.(tool, args);',
    'const refused = undefined;',
  ]),
  confirming('a person is asked before the arguments are read', [
    'if (refused !== undefined) return refused;',
    '',
  ]),
  mutation('confirmations', 'upstream/call.ts', 'a person is asked about other places', [
    'if (fillsPath(tool, read)) build(tool.request, read);',
    '',
  ]),
  inMcp('states are not verified', ['requestState: questions,', '']),
  confirming('destructive tools are not confirmed', [
    "(which === 'destructive' && isDestructive)",
    'false',
  ]),
  confirming('tools that the document marks are not confirmed', [
    'return confirm !== undefined || (',
    'return (',
  ]),
  confirming('a yes without a question', [
    "if (!isObject(question)) return 'not asked';",
    'if (!isObject(question)) return undefined;',
  ]),
  confirming('a yes to another tool', ["question['tool'] === tool.name && ", '']),
  confirming('a yes to other arguments', [" && question['digest'] === digestOf(args)", '']),
  confirming('the values of arguments do not matter', [
    'canonical(args)',
    'JSON.stringify(Object.keys(args).sort())',
  ]),
  confirming('a yes of another caller', [
    'bind: (context) => whoIs(holderOf(context)),',
    "bind: () => '',",
  ]),
  confirming('a yes of another subject', ['subject ?? null, client', 'null, client']),
  confirming('a yes of another client', ['client ?? null, token', 'null, token']),
  confirming('a yes counts for hours', [
    'ttlSeconds: ANSWER_MS / 1000',
    'ttlSeconds: ANSWER_MS / 10',
  ]),
  confirming('a yes counts again', ["if (!spend(String(question['id'])))", 'if (false)']),
  confirming(
    'a yes is remembered when the call has ended',
    [
      "if (!spend(String(question['id']))) return 'used before';",
      "const seen = String(question['id']);\n    if (spent.has(seen)) return 'used before';\n    setTimeout(() => spent.add(seen), 50);",
    ],
    [
      'const spend = createMemory();',
      'const spend = createMemory();\n  const spent = new Set<string>();\n  void spend;',
    ],
  ),
  confirming('only a yes is spent', [
    "if (!spend(String(question['id']))) return 'used before';\n    return isYes(mcpReq.inputResponses?.[KEY]) ? undefined : 'declined';",
    "if (!isYes(mcpReq.inputResponses?.[KEY])) return 'declined';\n    return spend(String(question['id'])) ? undefined : 'used before';",
  ]),
  confirming('a no is a yes', ["answer['action'] !== 'accept'", 'false']),
  confirming('a form without a tick is a yes', [
    'return isObject(content) && content[KEY] === true;',
    'return true;',
  ]),
  confirming('anything in the box is a tick', ['content[KEY] === true', 'Boolean(content[KEY])']),
  confirming('an answer to any question counts', [
    'isYes(mcpReq.inputResponses?.[KEY])',
    'Object.values(mcpReq.inputResponses ?? {}).some(isYes)',
  ]),
  confirming('a client that cannot ask need not', [
    "context === undefined ? 'cannot ask' : faultOf",
    'context === undefined ? undefined : faultOf',
  ]),
  confirming('a client that opens URLs can ask', [
    "('form' in elicitation || !('url' in elicitation))",
    'true',
  ]),
  confirming('a client that promises nothing can ask', [
    'return isObject(elicitation) && (',
    'return elicitation === undefined || (',
  ]),
  confirming('the earlier era over HTTP can ask', [
    'const capabilities = isModern ?',
    'const capabilities = !isModern ? { elicitation: {} } : isModern ?',
  ]),
  mutation('confirmations', 'steps.ts', 'questions are answered without the SDK', [
    'direct === undefined || mcp.asks(direct)',
    'direct === undefined',
  ]),
  stepUp('oauth/scopes.ts', 'all clients step up', ["report: 'tool',", "report: 'http',"]),
  stepUp('oauth/scopes.ts', 'no client steps up that is not known', [
    "by('client', client) ?? 'http'",
    "by('client', client) ?? 'tool'",
  ]),
  stepUp('oauth/scopes.ts', 'the client info does not count', ["by('info', info) ?? ", '']),
  stepUp('oauth/scopes.ts', 'the User-Agent does not count', ["by('agent', agent) ?? ", '']),
  stepUp('oauth/scopes.ts', 'the client of the token does not count', [
    "by('client', client) ?? ",
    '',
  ]),
  stepUp('oauth/scopes.ts', 'names that begin alike', ['/^openai-mcp$/i', '/^openai-mcp/i']),
];
