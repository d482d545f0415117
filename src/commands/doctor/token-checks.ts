import {
  compactVerify,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
} from 'jose';
import { fail, pass, skip, warn, type Check } from './check.js';
import type { Evidence } from './evidence.js';

/** What a server would compare a token with. */
export interface TokenExpectation {
  readonly evidence: Evidence;
  /** Absent: nobody said. */
  readonly resource?: string;
  readonly needed: readonly string[];
}

/** Seconds that clocks may differ: the default of a generated server. */
const tolerance = 30;

/** Explains an access token claim by claim, by the rules of a generated server. The token itself is in no answer. */
export async function checkToken(
  token: string,
  expected: TokenExpectation,
): Promise<readonly Check[]> {
  const decoded = decode(token);
  if (decoded === undefined)
    return [
      fail(
        'token-form',
        token.split('.').length === 5
          ? 'It is encrypted (JWE): nobody but its recipient can read it.'
          : 'It is opaque: nothing can be read from it.',
        'Clients must ask for this resource (RFC 8707), and the provider issue JWTs for it; or set OAUTH_TOKEN_FORMAT=opaque, and the server asks about each token.',
      ),
    ];
  const { header, claims } = decoded;
  return [
    checkForm(header.typ),
    await checkSignature(token, header.alg, expected.evidence),
    checkIssuer(claims, expected.evidence.issuerText),
    checkAudience(claims, expected.resource),
    checkTime(claims),
    checkKind(claims),
    checkScopes(claims, expected.needed),
  ];
}

function decode(token: string) {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch {
    return undefined;
  }
}

/** RFC 9068 section 2.1; most providers write JWT, or nothing. */
function checkForm(typ: string | undefined): Check {
  const known = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];
  if (known.includes(typ?.toLowerCase()))
    return pass('token-form', `A JWT, typ ${typ ?? 'not said'}.`);
  return fail(
    'token-form',
    `A JWT of the type ${JSON.stringify(typ)}.`,
    'Bring the access token: the type says that this is another kind.',
  );
}

async function checkSignature(
  token: string,
  alg: string | undefined,
  { keys }: Evidence,
): Promise<Check> {
  if (alg === undefined || !/^((RS|PS|ES)(256|384|512)|EdDSA|Ed25519)$/.test(alg))
    return fail(
      'token-signature',
      `The algorithm is ${alg ?? 'not said'}, which a resource server cannot take.`,
      'Sign access tokens with RS256, ES256 or EdDSA.',
    );
  if (keys?.document === undefined)
    return skip('token-signature', 'There are no keys to validate it with.');
  try {
    const keySet = createLocalJWKSet(keys.document as unknown as JSONWebKeySet);
    await compactVerify(token, keySet, { algorithms: [alg] });
    return pass('token-signature', `Valid, ${alg}.`);
  } catch (error) {
    return error instanceof errors.JWKSNoMatchingKey
      ? fail(
          'token-signature',
          'None of the keys is the one that it names.',
          'It is from another authorization server, or its key was withdrawn: get a new one.',
        )
      : fail(
          'token-signature',
          'Not valid.',
          'It was changed, or made by somebody else: get a new one.',
        );
  }
}

function checkIssuer({ iss }: JWTPayload, issuer: string): Check {
  if (iss === issuer) return pass('token-issuer', iss);
  return fail(
    'token-issuer',
    `${show(iss)}, not ${JSON.stringify(issuer)}.`,
    `If that is right, generate with --oauth-server ${iss ?? ''}, or set OAUTH_ISSUER.`,
  );
}

function checkAudience({ aud }: JWTPayload, resource: string | undefined): Check {
  if (resource === undefined)
    return skip(
      'token-audience',
      `${show(aud)}; nobody says what it must be.`,
      'Say so with --resource-url.',
    );
  if ([aud].flat().includes(resource)) return pass('token-audience', `${show(aud)}.`);
  return fail(
    'token-audience',
    `${show(aud)} is not this server, ${resource}.`,
    'Let the provider issue tokens for the resource that clients ask for; where it cannot, set OAUTH_AUDIENCE to what it writes.',
  );
}

function checkTime({ exp, nbf, iat }: JWTPayload): Check {
  const now = Date.now() / 1000;
  const minutes = (seconds: number) => `${Math.round(Math.abs(seconds) / 60)} min`;
  if (exp === undefined)
    return fail('token-time', 'It never ends: there is no exp.', 'Let tokens end.');
  if (exp < now - tolerance)
    return fail('token-time', `It ended ${minutes(now - exp)} ago.`, 'Get a new one.');
  const early = [nbf, iat].find((time) => time !== undefined && time > now + tolerance);
  if (early !== undefined)
    return fail(
      'token-time',
      `It begins in ${minutes(early - now)}.`,
      'Set the clocks of this machine and of the provider.',
    );
  return pass('token-time', `Ends in ${minutes(exp - now)}.`);
}

/** ID tokens, refresh tokens and such, and those that are bound to a key (RFC 8725 section 3.11, RFC 7800). */
function checkKind(claims: JWTPayload): Check {
  const { token_use: use, typ, at_hash: atHash, c_hash: cHash, nonce, cnf } = claims;
  const kind = [use, typ]
    .find((word) => typeof word === 'string')
    ?.toString()
    .toLowerCase();
  if (cnf !== undefined)
    return fail(
      'token-kind',
      'It is bound to a key (cnf), and a server cannot see who holds it.',
      'Let the provider issue plain bearer tokens for this resource.',
    );
  const other = ['id', 'refresh', 'logout', 'offline'].includes(kind ?? '');
  if (other || atHash !== undefined || cHash !== undefined || nonce !== undefined)
    return fail(
      'token-kind',
      'It is no access token: an ID token, or one of another kind.',
      'Bring the access_token of the answer, not the id_token.',
    );
  return pass('token-kind', 'An access token.');
}

function checkScopes({ scope, scp }: JWTPayload, needed: readonly string[]): Check {
  const held = [scope, scp].flatMap((claim) =>
    typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim.map(String) : [],
  );
  const missing = needed.filter((name) => !held.includes(name));
  const found = held.length === 0 ? 'None.' : `${held.join(' ')}.`;
  if (missing.length === 0) return pass('token-scopes', found);
  return warn(
    'token-scopes',
    `${found} Not there: ${missing.join(' ')}.`,
    'Tools that need those will be answered with 403, and clients ask for more. If they were granted, see OAUTH_SCOPE_CLAIM and OAUTH_SCOPE_PREFIX.',
  );
}

function show(value: unknown): string {
  return value === undefined ? 'Nothing' : JSON.stringify(value);
}
