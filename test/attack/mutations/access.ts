import { mutation, type Mutation } from './mutation.js';

const issuers = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('several issuers', file, name, ...edits);
const open = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('public operations', file, name, ...edits);

/** The second guard: the verifier of each issuer looks at the name once more. */
const anyName = {
  file: 'oauth/jwt.ts',
  edits: [['issuer: [...issuers], ', '']],
} satisfies Mutation['also'];

/** The second guard: no step after it lets a request without a token pass. */
const noSecondLook = {
  file: 'answer.ts',
  edits: [['    step.publicOnly(gate, mcp),\n', '']],
} satisfies Mutation['also'];

/** Faults in who is let in: the choice among issuers, and what needs no token. */
export const accessMutations: readonly Mutation[] = [
  issuers('oauth/verifier.ts', 'the first issuer judges all tokens', [
    'byIssuer.get(issuer)',
    'servers[0]?.verifier',
  ]),
  {
    ...issuers('oauth/verifier.ts', 'tokens of unknown issuers go to the first', [
      'byIssuer.get(issuer)',
      'byIssuer.get(issuer) ?? servers[0]?.verifier',
    ]),
    also: anyName,
  },
  {
    ...issuers('oauth/verifier.ts', 'an issuer may begin like a listed one', [
      'byIssuer.get(issuer)',
      '[...byIssuer].find(([one]) => issuer.startsWith(one))?.[1]',
    ]),
    also: anyName,
  },
  issuers('oauth/verifier.ts', 'two issuers share the names of callers', [
    'return { ...caller, issuer };',
    'return caller;',
  ]),
  issuers('oauth/verifier.ts', 'one issuer that is down takes all callers away', [
    'Promise.any(asked)',
    'Promise.all(asked)',
  ]),
  issuers('oauth/settings.ts', 'all issuers have the first audience', [
    "numberedName('OAUTH_AUDIENCE', place)",
    "numberedName('OAUTH_AUDIENCE', 1 + 0 * place)",
  ]),
  issuers('oauth/settings.ts', 'all issuers have the settings of the first', [
    '({ ...first, ...other })',
    '({ ...other, ...first })',
  ]),
  issuers('oauth/metadata.ts', 'the metadata lists one of several issuers', [
    'serversOf(oauth).map(({ issuer }) => issuer)',
    'serversOf(oauth).slice(0, 1).map(({ issuer }) => issuer)',
  ]),
  open('steps.ts', 'all tools are public', ['tools.has(tool)', "tool !== ''"]),
  {
    ...open('steps.ts', 'all tools are public, also where they run', [
      'tools.has(tool)',
      "tool !== ''",
    ]),
    also: {
      file: 'oauth/gate.ts',
      edits: [['caller === undefined ? isPublic({ name })', 'caller === undefined ? true']],
    },
  },
  open('steps.ts', 'one public message of a batch is enough', [
    'messages.every(isPublic)',
    'messages.some(isPublic)',
  ]),
  open('steps.ts', 'an empty batch is public', ['messages.length > 0 && ', '']),
  open('steps.ts', 'all methods are public', [
    "HANDSHAKE.has(message['method'])",
    "message['method'] !== 'tools/call'",
  ]),
  open('steps.ts', 'a call of no tool is public', ['called.length > 0 && ', '']),
  open('steps.ts', 'names of tools are taken for those of operations', [
    'calledTools(message, operationOf)',
    'calledTools(message)',
  ]),
  open('oauth/gate.ts', 'another scheme is anonymous', [
    'if (sent === undefined && ',
    'if (headers.length > 0 && ',
  ]),
  open('oauth/gate.ts', 'a bad token is anonymous', [
    'return refuseToken(error, request, challenges.invalid);',
    'return publicTools === undefined\n        ? refuseToken(error, request, challenges.invalid)\n        : { network: networkOf(address) };',
  ]),
  open('oauth/gate.ts', 'lists are public by default', [
    'publicTools !== undefined) return',
    'headers.length > 0) return',
  ]),
  open('settings.ts', 'public calls where tokens are forwarded', [
    "kind === 'forward'",
    "kind === 'client-credentials'",
  ]),
  open('settings.ts', 'public calls where tokens are exchanged', [
    "kind === 'token-exchange' ||",
    '',
  ]),
  open('caller.ts', 'all callers without a token share one limit', [
    'network === undefined ?',
    "network !== '' ?",
  ]),
  open('listing.ts', 'public tools are listed as protected', [
    "scopes === 'noauth' ?",
    'scopes.length === 0 ?',
  ]),
  {
    ...mutation('challenges', 'steps.ts', 'GET and DELETE need no token', [
      'const admitted = await gate?.admit(exchange.request);',
      "const admitted =\n      exchange.request.method === 'POST' ? await gate?.admit(exchange.request) : undefined;",
    ]),
    also: noSecondLook,
  },
  {
    ...mutation('challenges', 'steps.ts', 'no request needs a token', [
      "if ('status' in admitted) return admitted;",
      "if ('status' in admitted) return undefined;",
    ]),
    also: noSecondLook,
  },
];
