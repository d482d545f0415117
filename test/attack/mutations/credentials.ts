import { mutation, type Mutation } from './mutation.js';

const token = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('upstream tokens', file, name, ...edits);
const credential = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('upstream credentials', file, name, ...edits);

export const credentialMutations: readonly Mutation[] = [
  {
    ...credential(
      'credentials/choose.ts',
      'credentials for an operation that asks for none',
      ["held.mode === 'none' || needsNothing(security)", "held.mode === 'none'"],
      ['if (security === undefined) return unasked', 'if (!security?.length) return unasked'],
    ),
    also: {
      file: 'credentials/authorize.ts',
      edits: [
        ['const isOpen = needsNothing(security);', 'const isOpen = security?.length === -1;'],
      ],
    },
  },
  credential('credentials/choose.ts', 'no operation asks for nothing', [
    'return security?.every((requirement) => Object.keys(requirement).length === 0) ?? false;',
    'return security === null;',
  ]),
  credential('upstream/transport.ts', 'a POST is tried again', [
    '!IDEMPOTENT.includes(method) || ',
    '',
  ]),
  credential('upstream/transport.ts', 'failures are tried again', [
    '(status !== 429 && status !== 503)',
    'status < 429',
  ]),
  credential('upstream/transport.ts', 'nothing is tried again', [
    'tries < retries ?',
    'tries < 0 ?',
  ]),
  credential('net.ts', 'the private authority is not asked', [
    'ca: [...rootCertificates, ca]',
    'ca: [...rootCertificates]',
  ]),
  credential('net.ts', 'certificates of anybody', [
    'const tls = { ',
    'const tls = { rejectUnauthorized: false, ',
  ]),
  token('credentials/tokens.ts', 'tokens that are not for the API', [
    'caller?.audiences.includes(audience) === true',
    'caller !== undefined',
  ]),
  token('credentials/tokens.ts', 'tokens for other servers', ['origin === ownOrigin && ', '']),
  token(
    'credentials/tokens.ts',
    'the caller’s own token when there is no other',
    [
      'requestToken(http, { url, client, parameters, plainHosts });',
      'requestToken(http, { url, client, parameters, plainHosts }).catch(() => ({ value: subject, expiresAt: Infinity }));',
    ],
    ["if (token.value === subject) throw failed('same_token');", ''],
  ),
  token('credentials/tokens.ts', 'one token for all callers', [
    'holder && hashOf(subject)',
    'null',
  ]),
  token('credentials/tokens.ts', 'a token that outlives the caller’s', [
    'Math.min(token.expiresAt, end)',
    'token.expiresAt',
  ]),
  token('credentials/tokens.ts', 'tokens past their end', [
    '({ expiresAt }) => expiresAt - MARGIN_MS',
    '() => Infinity',
  ]),
  token('credentials/tokens.ts', 'tokens until their very end', [
    'const MARGIN_MS = 30_000;',
    'const MARGIN_MS = 0;',
  ]),
  token('credentials/tokens.ts', 'tokens that is not valid in a header', [
    '!/^[\\x21-\\x7e]+$/.test(value) || ',
    '',
  ]),
  token('credentials/tokens.ts', 'tokens that are bound to a key', [" || isBound(type ?? '')", '']),
  token('credentials/tokens.ts', 'the description of an error', [
    '/\\bAADSTS\\d{1,9}\\b/.exec(description)',
    '/.+/.exec(description)',
  ]),
  token('upstream/transport.ts', 'a new token after each 401', ['&& !renewed && ', '&& ']),
  token('upstream/call.ts', 'tokens are not masked', ['secrets.and(secrets)', 'secrets.and([])']),
  token('credentials/settings.ts', 'callers without tokens', [
    "kind !== 'client-credentials' && callers !== 'tokens'",
    "kind === 'bearer'",
  ]),
];
