import { mutation, type Mutation } from './mutation.js';

const header = (name: string, ...edits: Mutation['edits']) =>
  mutation('authorization header', 'oauth/gate.ts', name, ...edits);
const claims = (name: string, ...edits: Mutation['edits']) =>
  mutation('claim games', 'oauth/token.ts', name, ...edits);
const jwt = (name: string, ...edits: Mutation['edits']) =>
  mutation('claim games', 'oauth/jwt.ts', name, ...edits);
const opaque = (name: string, ...edits: Mutation['edits']) =>
  mutation('opaque tokens', 'oauth/introspection.ts', name, ...edits);

export const tokenMutations: readonly Mutation[] = [
  header('the first of several Authorization lines counts', [
    "if (others.length > 0) return { kind: 'malformed' };",
    '',
  ]),
  header(
    'the scheme is case-sensitive',
    ['=*) *$/i;', '=*) *$/;'],
    ['/^bearer +([\\w', '/^Bearer +([\\w'],
  ),
  header('what follows the token is ignored', ['=*) *$/i;', '=*)/i;']),
  header('a malformed header counts as missing', [
    "? { kind: 'malformed' }",
    "? { kind: 'missing' }",
  ]),
  header('only bytes beyond ASCII are malformed', ['/^bearer\\b|', '/']),
  claims('the audience is not checked', ['if (!isNamed(named))', 'if (named === 7)']),
  claims('another audience beside the configured claim', [
    'isNobody(aud) || isNamed(aud)',
    'aud !== 7',
  ]),
  claims('an audience may begin like one', [
    'audiences.includes(one)',
    'audiences.some((own) => one.startsWith(own))',
  ]),
  claims('an audience may end after one', [
    'audiences.includes(one)',
    'audiences.some((own) => own.startsWith(one))',
  ]),
  claims('an audience may be anything that reads like one', [
    'stringsIn(claim).some((one) => audiences.includes(one))',
    '[claim].flat().some((one) => audiences.includes(String(one)))',
  ]),
  claims('an audience in any case', [
    'audiences.includes(one)',
    'audiences.includes(one.toLowerCase())',
  ]),
  claims('a token of the future', ["typeof iat === 'number' && ", "typeof iat === 'object' && "]),
  claims('any token_use', ["use !== 'access' && ", "use === '' && "]),
  claims('any Keycloak type', ['isOther(typ)', 'isOther(0)']),
  claims('any token_type', ['isOther(type)', 'isOther(0)']),
  claims('Keycloak types in one case only', ['value.toLowerCase()', 'value']),
  claims('ID tokens with at_hash', ['atHash !== undefined || ', '']),
  claims('ID tokens with c_hash', [' || cHash !== undefined', '']),
  claims('ID tokens of Azure AD B2C', ['|| isB2c', '']),
  claims('logout tokens', ['isObject(events)', 'Array.isArray(events)']),
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
  jwt('any issuer', ['issuer: [...issuers], ', '']),
  jwt('an hour of tolerance', [
    'clockTolerance, requiredClaims }',
    'clockTolerance: 3600 + 0 * clockTolerance, requiredClaims }',
  ]),
  jwt('no tolerance', [
    'clockTolerance, requiredClaims }',
    'clockTolerance: 0 * clockTolerance, requiredClaims }',
  ]),
  jwt('tokens without an end', ["requiredClaims = ['iss', 'exp']", "requiredClaims = ['iss']"]),
  jwt('any type in the header', ['typeFault(protectedHeader.typ, settings) ??', '']),
  claims('strict types are not strict', ['!requireAtJwt && ', '']),
  claims('types in one case only', ['lower(typ).replace', 'String(typ).replace']),
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
  opaque('any issuer', ['!issuers.includes(iss)', 'iss === 7']),
  opaque('tokens that have ended', ['exp <= now - clockTolerance', 'exp === -7']),
  opaque('tokens that have not begun', ['nbf > now + clockTolerance', 'nbf === -7']),
  opaque('tokens of another type', [
    '? undefined : `token_type is not Bearer: ${shown(type)}`',
    '? undefined : undefined',
  ]),
  mutation('opaque tokens', 'oauth/gate.ts', 'a list is one opaque token', [
    '\\x23-\\x2b\\x2d-\\x7e',
    '\\x23-\\x7e',
  ]),
  mutation('authorization header', 'oauth/gate.ts', 'JWTs are read as opaque tokens', [
    'readBearer(headers, oauth.introspection !== undefined)',
    'readBearer(headers, true)',
  ]),
  opaque('users without a subject are one', ["sub: given['username'], ", '']),
  opaque('no audience', ['tokenFault(claims, settings) ?? ', '']),
  opaque(
    'a question for every request',
    [
      'known.load(key, () => introspect(token, key, network), endOf)',
      'introspect(token, key, network)',
    ],
    ['if (good !== undefined) return good;', ''],
  ),
  opaque(
    'any number of questions at once',
    ['asking.length < MAX_QUESTIONS && ', ''],
    ['(line === undefined || askedBy(line) < MAX_OF_LINE)', 'askedBy(line) >= 0'],
  ),
  opaque('a refused token is asked about again and again', [
    'if (bad !== undefined) throw bad;',
    '',
  ]),
];
