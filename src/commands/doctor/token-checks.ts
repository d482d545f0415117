import { decodeJwt, decodeProtectedHeader, UnsecuredJWT, type JWTPayload } from 'jose';
import { readBearer } from '../../../templates/src/runtime/oauth/gate.js';
import { effectiveScopes } from '../../../templates/src/runtime/oauth/scopes.js';
import { claimOptions } from '../../../templates/src/runtime/oauth/jwt.js';
import {
  audienceFault,
  callerOf,
  InvalidToken,
  issuedFault,
  kindFault,
  ProviderUnavailable,
  typeFault,
  type Verifier,
} from '../../../templates/src/runtime/oauth/token.js';
import { fail, pass, skip, warn, type Check } from './check.js';
import type { TokenRules } from './token-rules.js';

/** The expectations of a server about a token. */
interface TokenExpectation {
  readonly rules: TokenRules;
  /** The verifier that a server with these rules would use. */
  readonly verifier: Pick<Verifier, 'verify'>;
  readonly needed: readonly string[];
}

/** Bytes reserved for the other headers of a request. */
const OTHER_HEADERS = 1024;

/** Explains an access token claim by claim, by the rules of a generated server. No finding repeats the token. */
export async function checkToken(
  token: string,
  { rules, verifier, needed }: TokenExpectation,
): Promise<readonly Check[]> {
  const refusal = await refusalOf(token, verifier);
  if (rules.oauth.introspection !== undefined) return [checkIntrospected(refusal)];
  const decoded = decode(token);
  if (decoded === undefined) return [opaque(token)];
  const { header, claims } = decoded;
  const checks = [
    checkForm(token, header.typ, rules),
    checkSignature(header.alg, refusal),
    checkIssuer(claims, rules),
    checkAudience(claims, rules),
    checkTime(claims, rules),
    checkKind(claims),
    checkScopes(claims, rules, needed),
  ];
  return withVerdict(checks, refusal);
}

/** Why a server refuses the token, or cannot decide; undefined if it accepts it. */
type Refusal = InvalidToken | ProviderUnavailable | undefined;

function refusalOf(token: string, verifier: Pick<Verifier, 'verify'>): Promise<Refusal> {
  return verifier.verify(token).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof InvalidToken || error instanceof ProviderUnavailable) return error;
      throw error;
    },
  );
}

/** If a server refuses a token that passes all checks, the reason is reported in the server's words. */
function withVerdict(checks: readonly Check[], refusal: Refusal): readonly Check[] {
  const isExplained = checks.some(({ status }) => status === 'fail');
  if (isExplained || !(refusal instanceof InvalidToken)) return checks;
  const remedy = 'Use another access token.';
  return [...checks, fail('token-kind', `A server refuses it: ${refusal.message}.`, remedy)];
}

function checkIntrospected(refusal: Refusal): Check {
  if (refusal === undefined) return pass('token-form', 'The provider reports that it is active.');
  return refusal instanceof InvalidToken
    ? fail(
        'token-form',
        `The server asks the provider, and refuses it: ${refusal.message}.`,
        'Get a new one for this resource. Also check that the client of OAUTH_CLIENT_ID may introspect tokens.',
      )
    : skip('token-form', `The provider cannot be asked: ${refusal.message}.`);
}

function decode(token: string) {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch {
    return undefined;
  }
}

function opaque(token: string): Check {
  return fail(
    'token-form',
    token.split('.').length === 5
      ? 'It is encrypted (JWE): only its recipient can read it.'
      : 'It is opaque: its content cannot be read.',
    'Clients must request this resource (RFC 8707), and the provider must issue JWTs for it. Or set OAUTH_TOKEN_FORMAT=opaque, so that the server introspects each token.',
  );
}

/** RFC 9068 section 2.1; most providers write JWT, or omit it. */
function checkForm(token: string, typ: unknown, { oauth, maxHeaderBytes }: TokenRules): Check {
  if (token.length + OTHER_HEADERS > maxHeaderBytes)
    return fail(
      'token-form',
      `It has ${token.length} bytes, which leaves no room for other headers in ${maxHeaderBytes}.`,
      'Raise MCP_MAX_HEADER_BYTES, and the limit of the proxy in front; or configure the provider to omit groups from tokens.',
    );
  if (readBearer(['Authorization', `Bearer ${token}`]).kind !== 'bearer')
    return fail('token-form', 'It does not fit into a header.', 'Use the token as it was issued.');
  if (typeFault(typ, oauth) === undefined)
    return pass('token-form', `A JWT, typ ${typeof typ === 'string' ? typ : 'missing'}.`);
  return fail(
    'token-form',
    `A JWT of the type ${show(typ)}.`,
    oauth.requireAtJwt
      ? 'OAUTH_REQUIRE_AT_JWT accepts at+jwt only: unset it if the provider writes another type.'
      : 'Use the access token: this type is for another kind of token.',
  );
}

function checkSignature(alg: string | undefined, refusal: Refusal): Check {
  if (refusal instanceof ProviderUnavailable)
    return skip('token-signature', `There are no keys to validate it with: ${refusal.message}.`);
  if (refusal === undefined || refusal.isSigned)
    return pass('token-signature', `Valid, ${alg ?? ''}.`);
  const { message } = refusal;
  if (message === 'unknown key')
    return fail(
      'token-signature',
      'None of the keys has the ID in the token.',
      'It is from another authorization server, or its key was revoked: get a new one.',
    );
  return message.includes('ERR_JOSE_ALG_NOT_ALLOWED')
    ? fail(
        'token-signature',
        `The algorithm is ${alg ?? 'missing'}, which a resource server cannot accept.`,
        'Sign access tokens with RS256, ES256 or EdDSA.',
      )
    : fail(
        'token-signature',
        'Not valid.',
        'It was changed, or issued by another server: get a new one.',
      );
}

/** The fault that jose, which the server uses, finds in these claims. */
function claimFault(claims: JWTPayload, rules: TokenRules, only: readonly string[]): boolean {
  const { issuer, clockTolerance, requiredClaims } = claimOptions(rules.oauth);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const chosen = Object.fromEntries(only.map((name) => [name, claims[name]]));
  try {
    UnsecuredJWT.decode(`${encode({ alg: 'none' })}.${encode(chosen)}.`, {
      ...(only.includes('iss') && { issuer }),
      clockTolerance,
      requiredClaims: requiredClaims.filter((name) => only.includes(name)),
    });
    return false;
  } catch {
    return true;
  }
}

function checkIssuer(claims: JWTPayload, rules: TokenRules): Check {
  const { iss } = claims;
  if (!claimFault(claims, rules, ['iss'])) return pass('token-issuer', iss ?? '');
  const wanted = rules.oauth.issuers.map((issuer) => JSON.stringify(issuer)).join(' or ');
  return fail(
    'token-issuer',
    `${show(iss)}, not ${wanted}.`,
    `If that is right, generate with --oauth-server ${iss ?? ''}, or set OAUTH_ISSUER.`,
  );
}

function checkAudience(claims: JWTPayload, { oauth, hasAudience }: TokenRules): Check {
  const { audienceClaim, audiences } = oauth;
  const { aud, [audienceClaim]: named } = claims;
  if (!hasAudience)
    return skip(
      'token-audience',
      `${show(aud)}; the expected audience is not known.`,
      'Pass it with --resource-url.',
    );
  const where = audienceClaim === 'aud' ? '' : ` in ${audienceClaim}`;
  if (audienceFault(claims, oauth) === undefined)
    return pass('token-audience', `${show(named)}${where}.`);
  return fail(
    'token-audience',
    `${show(named)}${where} is not this server, ${audiences.join(' or ')}${audienceClaim === 'aud' ? '' : `, or aud names another: ${show(aud)}`}.`,
    isWritten(aud)
      ? 'Configure the provider to issue tokens for the resource that clients request; if that is impossible, set OAUTH_AUDIENCE to the audience that it issues.'
      : 'Configure the provider to write an audience; if that is impossible, set OAUTH_AUDIENCE_CLAIM to the claim with the client, such as client_id, and OAUTH_AUDIENCE to its values.',
  );
}

/** Whether an audience has a value that a setting could have too. */
function isWritten(aud: unknown): boolean {
  return [aud].flat().some((member) => typeof member === 'string' && member !== '');
}

function checkTime(claims: JWTPayload, rules: TokenRules): Check {
  const now = Date.now() / 1000;
  const { exp, nbf, iat } = claims;
  const isWrong = claimFault(claims, rules, ['exp', 'nbf', 'iat']);
  if (!isWrong && issuedFault(claims, rules.oauth) === undefined)
    return pass('token-time', `Expires in ${duration((exp ?? now) - now)}.`);
  if (exp === undefined)
    return fail(
      'token-time',
      'It never expires: exp is missing.',
      'Configure the provider to issue tokens that expire.',
    );
  const odd = Object.entries({ exp, nbf, iat }).find(([, time]) => !isNumeric(time));
  if (odd !== undefined)
    return fail('token-time', `${odd[0]} is not a number.`, 'Write times as seconds since 1970.');
  if (exp < now)
    return fail('token-time', `It expired ${duration(now - exp)} ago.`, 'Get a new one.');
  return fail(
    'token-time',
    `It becomes valid in ${duration(Math.max(nbf ?? 0, iat ?? 0) - now)}.`,
    'Correct the clock of this machine or of the provider.',
  );
}

/** Seconds in the largest unit of which there are at least two. */
function duration(seconds: number): string {
  const length = Math.abs(seconds);
  if (length < 120) return `${Math.round(length)} s`;
  if (length < 7200) return `${Math.round(length / 60)} min`;
  return length < 172_800
    ? `${Math.round(length / 3600)} h`
    : `${Math.round(length / 86_400)} days`;
}

function isNumeric(time: unknown): boolean {
  return time === undefined || typeof time === 'number';
}

/** Detects ID tokens, refresh tokens and the like, and tokens bound to a key (RFC 8725 section 3.11, RFC 7800). */
function checkKind(claims: JWTPayload): Check {
  const fault = kindFault(claims);
  if (fault === undefined) return pass('token-kind', 'An access token.');
  if (fault === 'sender-constrained')
    return fail(
      'token-kind',
      'It is bound to a key (cnf), and a server cannot check who holds the key.',
      'Configure the provider to issue plain bearer tokens for this resource.',
    );
  const bring = 'Use the access_token of the response, not the id_token.';
  return fail(
    'token-kind',
    `Not an access token: ${fault}.`,
    claims['at_hash'] === undefined
      ? bring
      : `${bring} If it is the access_token: with some providers (Dex), both look the same; set OAUTH_TOKEN_FORMAT=opaque, so that the server introspects each.`,
  );
}

function checkScopes(claims: JWTPayload, { oauth }: TokenRules, needed: readonly string[]): Check {
  const { scopes } = callerOf(claims, 0, oauth);
  const held = effectiveScopes(scopes, oauth.scopes);
  const missing = needed.filter((name) => !held.has(name));
  const found = scopes.length === 0 ? 'None.' : `${scopes.join(' ')}.`;
  if (missing.length === 0) return pass('token-scopes', found);
  return warn(
    'token-scopes',
    `${found} Missing: ${missing.join(' ')}.`,
    'Calls of tools that need those get a 403, and clients request more scopes. If they were granted, see OAUTH_SCOPE_CLAIM and OAUTH_SCOPE_PREFIX.',
  );
}

function show(value: unknown): string {
  return value === undefined ? 'Nothing' : JSON.stringify(value);
}
