import fc from 'fast-check';
import type { Grant } from './grants.js';

/** Whether the result is valid; `either`: the specifications leave it open. */
export type Verdict = 'good' | 'bad' | 'either';

/** Header lines, and whether they contain a token as defined in RFC 6750 section 2.1. */
export interface Authorization {
  readonly lines: readonly (readonly [string, string])[];
  readonly verdict: Verdict | 'missing';
}

type Piece = readonly [text: string, verdict: Verdict];

function pieces(verdict: Verdict, texts: readonly string[]): fc.Arbitrary<Piece> {
  return fc.constantFrom(...texts).map((text): Piece => [text, verdict]);
}

const junk = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 30 }).map(withoutLineEnds);

const scheme = fc.oneof(
  { weight: 15, arbitrary: pieces('good', ['Bearer', 'bearer', 'BEARER', 'bEaReR']) },
  {
    weight: 2,
    arbitrary: pieces('bad', [
      ...['', 'Basic', 'DPoP', 'Token', 'Bearer:', '"Bearer"', 'Bearer Bearer', 'B\u00e9arer'],
      ...['Bearer,', 'Bearer\x00', 'Bearer\x7f', 'NotBearer', 'Bearer=', 'x, Bearer'],
    ]),
  },
);

const gap = fc.oneof(
  { weight: 15, arbitrary: pieces('good', [' ', '  ', '          ']) },
  {
    weight: 1,
    arbitrary: pieces('bad', ['', '\t', ' \t', ',', '=', '\u00a0', '\x0b', ' =', ' "']),
  },
);

const tail = fc.oneof(
  { weight: 15, arbitrary: pieces('good', ['', '', ' ', '   ']) },
  // HTTP parsers strip spaces from the end, and may strip tabs (RFC 9110 section 5.5).
  { weight: 1, arbitrary: pieces('either', ['\t', ' \t ']) },
  {
    weight: 1,
    arbitrary: pieces('bad', [' x', ',', ';', '"', ', Bearer x', '\x00', ' realm="x"']),
  },
  { weight: 1, arbitrary: junk.map((text): Piece => [` ${text}x`, 'bad']) },
);

/** Changes of a token; a changed token is no longer valid. */
const change = fc.oneof(
  { weight: 15, arbitrary: fc.constant((token: string): Piece => [token, 'good']) },
  // Padding does not belong to base64url (RFC 7515 section 2); the signature is the same with it.
  { weight: 1, arbitrary: fc.constant((token: string): Piece => [`${token}=`, 'either']) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      (token: string): Piece => [token.slice(0, -10), 'bad'],
      (token: string): Piece => [`"${token}"`, 'bad'],
      (token: string): Piece => [token.toUpperCase(), 'bad'],
      (token: string): Piece => [`${token}, ${token}`, 'bad'],
      (token: string): Piece => [token.replaceAll('.', '%2e'), 'bad'],
      (token: string): Piece => [token.replace('.', '..'), 'bad'],
      (token: string): Piece => [token + 'A'.repeat(9000), 'bad'],
      (token: string): Piece => [token.split('.').reverse().join('.'), 'bad'],
      (token: string): Piece => [`${token}.${token}`, 'bad'],
      (): Piece => ['', 'bad'],
    ),
  },
  { weight: 2, arbitrary: junk.map((text) => (): Piece => [`${text}.x.y`, 'bad']) },
);

const one = fc.record({ scheme, gap, change, tail });
const headerName = fc.constantFrom('Authorization', 'authorization', 'AUTHORIZATION');
const count = fc.oneof(
  { weight: 10, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 2, max: 3 }) },
);

/** Places where a token must be ignored (MCP authorization, Access Token Usage; RFC 6750 section 5.3). */
const decoys = fc.subarray(
  [
    'X-Authorization',
    'Proxy-Authorization',
    'Authorization-',
    'Cookie',
    'X-Forwarded-Authorization',
  ],
  { maxLength: 2 },
);

/** `Authorization` lines around a token. */
export function authorizationOf(token: string): fc.Arbitrary<Authorization> {
  const values = count.chain((length) =>
    fc.array(fc.tuple(headerName, one), { minLength: length, maxLength: length }),
  );
  return fc.record({ values, decoys }).map(({ values: chosen, decoys: places }): Authorization => {
    const written = chosen.map(([name, parts]) => ({ name, ...write(parts, token) }));
    const verdicts = written.map(({ verdict }) => verdict);
    return {
      lines: [
        ...places.map((name) => [name, `Bearer ${token}`] as const),
        ...written.map(({ name, text }) => [name, text] as const),
      ],
      verdict: verdicts.length > 1 ? 'bad' : (verdicts[0] ?? 'missing'),
    };
  });
}

interface Parts {
  readonly scheme: Piece;
  readonly gap: Piece;
  readonly change: (token: string) => Piece;
  readonly tail: Piece;
}

function write(
  { scheme: first, gap: second, change: make, tail: last }: Parts,
  token: string,
): { text: string; verdict: Verdict } {
  const all = [first, second, make(token), last];
  const worst = (['bad', 'either'] as const).find((verdict) =>
    all.some((piece) => piece[1] === verdict),
  );
  return { text: all.map(([text]) => text).join(''), verdict: worst ?? 'good' };
}

/** The confidential part of a token: anyone who sees the signature can use the token. */
export function signatureOf({ token }: Grant): string[] {
  const signature = token?.split('.')[2];
  return signature === undefined ? [] : [signature];
}

function withoutLineEnds(text: string): string {
  return text.replace(/[\r\n]/g, '');
}
