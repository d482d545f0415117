import fc from 'fast-check';

/** A value, and whether a token with it can be valid (RFC 7519, RFC 8725, RFC 9068). */
export interface Choice {
  readonly value: unknown;
  readonly valid: boolean;
}

/** The recipe of a token: a choice for each of its claims and header parameters, and a way of signing. */
export interface Recipe {
  readonly claims: Readonly<Record<string, Choice>>;
  readonly header: Readonly<Record<string, Choice>>;
  readonly forgery: Forgery;
}

const absent = undefined;
/** Some providers write claims without a value instead of leaving them out. */
const isAbsent = (value: unknown) => value === absent || value === null || value === '';
const isNonListObject = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const anyJson = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.string());

/** Mostly one of the good values; `isValid` judges all others. */
function claim(
  good: readonly unknown[],
  others: readonly unknown[],
  isValid: (value: unknown) => boolean,
): fc.Arbitrary<Choice> {
  return fc
    .oneof(
      { weight: 40, arbitrary: fc.constantFrom(...good) },
      { weight: 2, arbitrary: fc.constantFrom(...others) },
      { weight: 1, arbitrary: anyJson },
    )
    .map((value) => ({ value, valid: isValid(value) }));
}

/** Claims of a token for the resource `url` of an issuer, around the time `now` (seconds since the epoch). */
function claimsOf(url: string, issuer: string, now: number) {
  const isNumber = (value: unknown): value is number => typeof value === 'number';
  return fc.record({
    iss: claim([issuer], [absent, `${issuer}/`, [issuer], '', 'http://x'], (iss) => iss === issuer),
    aud: claim(
      [url, [url], ['x', url]],
      [absent, `${url}/`, url.toUpperCase(), [], [[url]], { 0: url }, `x ${url}`, ['x'], ''],
      (aud) => [aud].flat().includes(url) && (typeof aud === 'string' || Array.isArray(aud)),
    ),
    // Seconds that are far from the tolerance of 30, so that no run hangs on the clock.
    exp: claim(
      [now + 7200, now + 7200.5],
      [absent, now - 100, 0, -1, String(now + 7200), null, true],
      (exp) => isNumber(exp) && exp > now,
    ),
    nbf: claim(
      [absent, now - 100, 0],
      [now + 7200, String(now), null],
      (nbf) => nbf === absent || (isNumber(nbf) && nbf <= now),
    ),
    iat: claim(
      [now - 10, absent, 0],
      [now + 7200],
      (iat) => iat === absent || (isNumber(iat) && iat <= now),
    ),
    cnf: claim([absent], [{ jkt: 'x' }, {}, null, 'x'], (cnf) => cnf === absent),
    token_use: claim(
      [absent, 'access'],
      ['id', 'refresh', '', null],
      (use) => isAbsent(use) || use === 'access' || use === 'access_token',
    ),
    at_hash: claim([absent], ['x', '', null], isAbsent),
    c_hash: claim([absent], ['x', '', null], isAbsent),
    // RFC 8417 section 2.2.
    events: claim([absent], [{}, '', null], (events) => !isNonListObject(events)),
    typ: claim(
      [absent, 'Bearer'],
      ['ID', 'Refresh', 'Logout', 'Offline', 'id'],
      (typ) => !/^(id|refresh|logout|offline)$/i.test(typeof typ === 'string' ? typ : ''),
    ),
    sub: claim(['alice'], [absent, '', 1, {}, '"', '\n', '__proto__'], () => true),
    client_id: claim(['app'], [absent, 1, []], () => true),
    scope: claim(
      ['notes.read notes.write', 'notes.read', 'notes.write'],
      [absent, '', 'owner'],
      () => true,
    ),
    scp: claim([absent], [['notes.write'], 'notes.write', [1, 'notes.write']], () => true),
    permissions: claim([absent], [['notes.read', 'owner']], () => true),
  });
}

const header = fc.record({
  typ: claim(
    ['at+jwt', 'application/at+jwt', 'JWT', absent, 'AT+JWT'],
    ['logout+jwt', 'dpop+jwt', 'id_token', '', 'jwt+at', 1, null],
    (typ) =>
      typ === absent || /^((application\/)?at\+jwt|jwt)$/i.test(typeof typ === 'string' ? typ : ''),
  ),
  // Names `x`, which is present: jose refuses to sign any other critical parameter.
  crit: fc.constantFrom(absent, absent, absent, absent, absent, ['x']).map((value) => ({
    value,
    valid: value === absent,
  })),
  x: fc.constant({ value: 1, valid: true }),
  jku: claim([absent], ['http://127.0.0.1:9/jwks'], () => true),
  x5u: claim([absent], ['http://127.0.0.1:9/x5u'], () => true),
  cty: claim([absent], ['JWT', 1], () => true),
});

/** Ways of signing; `valid`: with the key of the issuer, and nothing changed afterwards. */
const forgeries = [
  ...[
    'stranger',
    'embedded key',
    'public key as secret',
    'none',
    'None',
    'unknown kid',
    'changed claim',
  ],
  ...[
    'changed header',
    'no signature',
    'cut',
    'flipped',
    'encrypted',
    'DER signature',
    'zero signature',
  ],
] as const;
export type Forgery = 'valid' | 'valid without kid' | (typeof forgeries)[number];
const forgery: fc.Arbitrary<Forgery> = fc.oneof(
  { weight: 12, arbitrary: fc.constant('valid' as const) },
  { weight: 2, arbitrary: fc.constant('valid without kid' as const) },
  { weight: 5, arbitrary: fc.constantFrom(...forgeries) },
);

export function recipe(url: string, issuer: string, now: number): fc.Arbitrary<Recipe> {
  return fc.record({ claims: claimsOf(url, issuer, now), header, forgery });
}

/** Whether the token of a recipe is valid. */
export function isValid({ claims, header: own, forgery: how }: Recipe): boolean {
  const choices = [...Object.values(claims), ...Object.values(own)];
  return how.startsWith('valid') && choices.every(({ valid }) => valid);
}

/** The scopes in its claims: a string of them, or an array of strings; the defaults of `OAUTH_SCOPE_CLAIM`. */
export function scopesIn({ claims }: Recipe): string[] {
  return [claims['scope']?.value, claims['scp']?.value].flatMap((value: unknown) => {
    if (typeof value === 'string') return value.split(' ');
    const strings = Array.isArray(value) && value.every((item) => typeof item === 'string');
    return strings ? value : [];
  });
}
