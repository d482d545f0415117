import { mutation, type Mutation } from './mutation.js';

const known = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('known tokens', file, name, ...edits);
const opaque = (name: string, ...edits: Mutation['edits']) =>
  mutation('opaque tokens', 'oauth/introspection.ts', name, ...edits);
const message = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('messages', file, name, ...edits);
const limit = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('limits', file, name, ...edits);
const inject = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('injection', file, name, ...edits);
const costly = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('costly requests', file, name, ...edits);
const secret = (name: string, ...edits: Mutation['edits']) =>
  mutation('answers of the API', 'credentials/secrets.ts', name, ...edits);

/** Faults of the memory of tokens, of the limits on work, and of what names, dots, numbers and secrets may look like. */
export const availabilityMutations: readonly Mutation[] = [
  known('oauth/jwt.ts', 'known tokens are recognized without their signature', [
    'const key = hashOf(token);',
    "const key = hashOf(token.split('.').slice(0, 2).join('.'));",
  ]),
  known('oauth/jwt.ts', 'known tokens are recognized by their claims alone', [
    'const key = hashOf(token);',
    "const key = hashOf(token.split('.')[1] ?? '');",
  ]),
  known('oauth/jwt.ts', 'known tokens never end', [
    '{ caller, from }, until)',
    '{ caller, from }, Infinity)',
  ]),
  known('oauth/keys.ts', 'known tokens outlive the keys that verified them', [
    'verified: new Cache({ max: MAX_VERIFIED })',
    'verified: known?.verified ?? new Cache({ max: MAX_VERIFIED })',
  ]),
  message('http.ts', 'any number of members', ['members > maxMembers || ', '']),
  message('http.ts', 'members nested to any depth', [' || depth > maxDepth', '']),
  message('messages.ts', 'any number of members beside the arguments', [
    'messages.some((message) => countBeside(message) > MAX_MEMBERS_BESIDE)',
    'messages.some((message) => countBeside(message) < 0)',
  ]),
  limit('answer.ts', 'only calls of tools count', [
    '    step.rate(limiter, audit),\n    step.body,\n',
    '    step.body,\n    (exchange) =>\n      JSON.stringify(exchange.message ?? 0).includes(\'"tools/call"\')\n        ? step.rate(limiter, audit)(exchange)\n        : undefined,\n',
  ]),
  limit('run.ts', 'any number of unanswered requests', [
    'return waiting.size > MAX_UNANSWERED;',
    'return waiting.size < 0;',
  ]),
  limit('run.ts', 'any number of requests on one connection', [
    '  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;\n',
    '',
  ]),
  message('messages.ts', 'a client without a name is logged', [
    "protocolVersion } = membersOf(message['params']);",
    "protocolVersion } = message['params'] as Record<string, unknown>;",
  ]),
  costly('upstream/fields.ts', 'paths of any length', [
    " || given.join('').length > MAX_CHARACTERS",
    '',
  ]),
  costly('upstream/serialize.ts', 'requests of any length', ['total > MAX_LENGTH', 'total < 0']),
  costly('text.ts', 'the rest of each bracket is read', [
    "lenientName(name, decodings).replace(/\\[.*$/s, '')",
    "lenientName(name, decodings).replace(/\\[.*$/, '')",
  ]),
  costly('upstream/body.ts', 'each file of a name is counted again', [
    'let count = taken.get(given) ?? 2;',
    'let count = 2;',
  ]),
  costly(
    'upstream/numbers.ts',
    'the end of each string is looked for in what is not JSON',
    [
      '    const value = JSON.parse(text) as Json;\n    const marked = markNumbers(text);\n',
      '    const marked = markNumbers(text);\n    const value = JSON.parse(text) as Json;\n',
    ],
    ['end === -1 ? json.length : end + 1', 'end === -1 ? start + 1 : end + 1'],
  ),
  costly('upstream/stream.ts', 'a line is read again with each part', [
    'if (!/[\\r\\n]/.test(text))',
    "if (text === '')",
  ]),
  costly('upstream/paging.ts', 'members of a name are copied for each', [
    'else known.push(value);',
    'else members.set(name, [...known, value]);',
  ]),
  costly('spans.ts', 'blanks are read in several ways', [
    '(?:[!#-+\\--:<-[\\]-~]+[ \\t]*)?(;',
    '[!#-+\\--:<-[\\]-~]*[ \\t]*(;',
  ]),
  opaque('unknown tokens without a limit', [
    'isFormer ? undefined : failures.hold(network)',
    'isFormer ? undefined : failures.hold(key)',
  ]),
  opaque('one limit of unknown tokens for all networks', [
    'isFormer ? undefined : failures.hold(network)',
    "isFormer ? undefined : failures.hold('')",
  ]),
  limit('node-http.ts', 'the left-most address is the caller’s', ['hops.reverse()', 'hops']),
  limit('limits.ts', 'X-Forwarded-For is believed without the setting', [
    'return networks.some(',
    'return networks.length === 0 || networks.some(',
  ]),
  inject('text.ts', 'dots before a semicolon', ['\\.\\.([/\\\\;?#\\0]|', '\\.\\.([/\\\\?#\\0]|']),
  inject('text.ts', 'dots that are encoded', ['round < 4', 'round < 1']),
  inject('text.ts', 'dots that are encoded twice', ['round < 4', 'round < 2']),
  inject('text.ts', 'fixed pairs and other parameters in another case', [
    ".replace(/[ .]/g, '_').toLowerCase()",
    ".replace(/[ .]/g, '_')",
  ]),
  inject('upstream/keywords.ts', 'numbers beyond 2^53', [
    '!Number.isSafeInteger(value) :',
    'value === Infinity :',
  ]),
  secret('secrets as hexadecimal digits', [
    "[...base64Forms(value), ...percentForms(value), hex, hex.replace(/../g, '%$&')]",
    '[...base64Forms(value), ...percentForms(value)].filter((form) => form !== hex)',
  ]),
  secret('secrets in upper case', [".replaceAll('Σ', 'σ').toLowerCase()", ".replaceAll('Σ', 'σ')"]),
  inject('audit.ts', 'characters that turn text around', [
    '[\\p{Cc}\\p{Cf}\\u2028\\u2029]/gu',
    '[\\p{Cc}\\u2028\\u2029]/gu',
  ]),
];
