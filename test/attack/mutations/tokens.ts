import { mutation, type Mutation } from './mutation.js';

const header = (name: string, ...edits: Mutation['edits']) =>
  mutation('authorization header', 'oauth/bearer.ts', name, ...edits);
const claims = (name: string, ...edits: Mutation['edits']) =>
  mutation('claim games', 'oauth/claims.ts', name, ...edits);
const jwt = (name: string, ...edits: Mutation['edits']) =>
  mutation('claim games', 'oauth/jwt.ts', name, ...edits);
const opaque = (name: string, ...edits: Mutation['edits']) =>
  mutation('opaque tokens', 'oauth/introspection.ts', name, ...edits);

export const tokenMutations: readonly Mutation[] = [
  header('the first of several Authorization lines counts', ['values.length > 1 || ', '']),
  header('a header may have any length', [' || value.length > MAX_LENGTH', '']),
  header('the scheme is case-sensitive', ['*$/i;', '*$/;'], ['/^bearer +', '/^Bearer +']),
  header('what follows the token is ignored', [' *$/i;', '/i;']),
  header('a malformed header is no header', ["? { kind: 'malformed' }", "? { kind: 'missing' }"]),
  header('only bytes beyond ASCII are malformed', ['/^bearer\\b/i.test(value) || ', '']),
  claims('the audience is not checked', ['if (!names(named, audiences))', 'if (named === 7)']),
  claims('another audience beside the configured claim', [
    'aud !== undefined && ',
    'aud === 7 && ',
  ]),
  claims('an audience may begin like one', [
    'audiences.includes(member)',
    'audiences.some((one) => member.startsWith(one))',
  ]),
  claims('an audience may end after one', [
    'audiences.includes(member)',
    'audiences.some((one) => one.startsWith(member))',
  ]),
  claims('an audience may be anything that reads like one', [
    'membersOf(claim).some((member) => audiences.includes(member))',
    '[claim].flat().some((member) => audiences.includes(String(member)))',
  ]),
  claims('an audience in any case', [
    'audiences.includes(member)',
    'audiences.includes(member.toLowerCase())',
  ]),
  claims('a token of the future', ["typeof iat === 'number' && ", "typeof iat === 'object' && "]),
  claims('any token_use', ["use !== 'access' && ", "use === '' && "]),
  claims('any Keycloak type', ["['id', 'refresh', 'logout', 'offline']", "['']"]),
  claims('Keycloak types in one case only', ['value.toLowerCase()', 'value']),
  claims('ID tokens with at_hash', ['atHash !== undefined || ', '']),
  claims('ID tokens with c_hash', [' || cHash !== undefined', '']),
  claims('sender-constrained tokens', [
    "return cnf === undefined ? undefined : 'sender-constrained';",
    'return cnf === 7 ? String(cnf) : undefined;',
  ]),
  claims('scopes separated by commas', ["claim.split(' ')", 'claim.split(/[ ,]/)']),
  claims('scopes separated by any white space', ["claim.split(' ')", 'claim.split(/\\s/)']),
  claims('lists of scopes with something else in them', [
    "claim.every((item) => typeof item === 'string')",
    'true',
  ]),
  jwt('any issuer', ['    issuer: [...settings.issuers],\n', '']),
  jwt('an hour of tolerance', [
    'clockTolerance: settings.clockTolerance,',
    'clockTolerance: 3600,',
  ]),
  jwt('no tolerance', ['clockTolerance: settings.clockTolerance,', 'clockTolerance: 0,']),
  jwt('tokens without an end', ["requiredClaims: ['iss', 'exp']", "requiredClaims: ['iss']"]),
  jwt('any type in the header', ['typeFault(protectedHeader.typ, settings) ??', '']),
  jwt('strict types are not strict', ['!requireAtJwt && ', '']),
  jwt('types in one case only', ['AT_JWT.includes(lower(typ))', 'AT_JWT.includes(String(typ))']),
  jwt('the provider’s outage is the token’s fault', [
    'if (error instanceof ProviderUnavailable) throw error;',
    '',
  ]),
  jwt(
    'no signature is checked',
    ['jwtVerify(token, keys.resolve, options)', 'Promise.resolve(decode(token))'],
    [
      '/** Validates JWT',
      "function decode(token: string) {\n  const [header = '', payload = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());\n  return { payload: JSON.parse(payload), protectedHeader: JSON.parse(header) } as Awaited<ReturnType<typeof jwtVerify>>;\n}\n\n/** Validates JWT",
    ],
  ),
  opaque('active is any truthy value', ["claims['active'] !== true", "!claims['active']"]),
  opaque('active is not looked at', ["claims['active'] !== true", "claims['active'] === 7"]),
  opaque('any issuer', ['if (iss !== undefined && ', 'if (iss === 7 && ']),
  opaque('tokens that have ended', ['if (exp !== undefined && ', 'if (exp === -7 && ']),
  opaque('tokens that have not begun', ['if (nbf !== undefined && ', 'if (nbf === -7 && ']),
  opaque('tokens of another type', [
    "bearer ? undefined : 'token_type is not Bearer'",
    'bearer ? undefined : undefined',
  ]),
  opaque('no audience', ['    audienceFault(claims, settings) ??\n', '']),
  opaque('refresh tokens', ['    accessTokenFault(claims, settings) ??\n', '']),
  opaque(
    'a question for every request',
    ['if (waiting !== undefined) return waiting;', ''],
    ['if (good !== undefined) return good;', ''],
  ),
  opaque('any number of questions at once', ['pending.size >= MAX_QUESTIONS', 'pending.size < 0']),
  opaque('a refused token is asked about again and again', [
    'if (bad !== undefined) throw bad;',
    '',
  ]),
];
