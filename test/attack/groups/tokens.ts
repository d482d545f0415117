import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { attempt, type Case, type Group } from '../case.js';
import type { Stage } from '../stage.js';
import { invalid, unknownKey } from '../expectations.js';

const rfc7515 = 'RFC 7515 section 5.2';
const rfc8725 = 'RFC 8725';

/** A call with a token that is made from a good one, and refused. */
function forged(
  name: string,
  source: string,
  make: (good: string, stage: Stage) => string | Promise<string>,
  expected = invalid,
): Case {
  const request = async (stage: Stage) => {
    const token = await make(await stage.token(), stage);
    stage.tokens.push(token);
    return { body: stage.read, token };
  };
  return attempt(name, source, request, expected);
}

/** A call with a token of a key that the provider has not published, as far as is known. */
function unknown(name: string, source: string, make: (stage: Stage) => Promise<string>): Case {
  return forged(name, source, (_good, stage) => make(stage), unknownKey);
}

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const decode = (part: string) =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;

function parts(token: string): [string, string, string] {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, signature];
}

/** The token with its header or payload changed, and its signature kept. */
function edited(token: string, header: object, payload: object = {}): string {
  const [h, p, signature] = parts(token);
  return [
    encode({ ...decode(h), ...header }),
    encode({ ...decode(p), ...payload }),
    signature,
  ].join('.');
}

/** Signed by a key that the header brings along. */
async function selfSigned(stage: Stage, header: (jwk: JWK) => object): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return stage.token({}, { kid: 'forged', ...header(jwk) }, privateKey);
}

export const formats: Group = {
  name: 'token formats',
  cases: [
    forged('garbage', rfc7515, () => 'garbage'),
    forged('one dot', rfc7515, () => 'a.b'),
    forged('empty parts', rfc7515, () => '..'),
    forged('four parts', rfc7515, (good) => `${good}.x`),
    forged(
      'five parts, encrypted',
      'RFC 7516 section 3',
      () => `${encode({ alg: 'dir', enc: 'A128GCM' })}..a.b.c`,
    ),
    forged('no signature', rfc7515, (good) => `${parts(good).slice(0, 2).join('.')}.`),
    forged('half a signature', rfc7515, (good) => good.slice(0, -40)),
    forged('a longer signature', rfc7515, (good) => `${good}AAAA`),
    forged('a changed signature', rfc7515, (good) => {
      const [header, payload, signature] = parts(good);
      return [header, payload, (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)].join(
        '.',
      );
    }),
    forged('the signature of zeros', 'CVE-2022-21449', (good) => {
      const [header, payload] = parts(good);
      return [header, payload, Buffer.alloc(64).toString('base64url')].join('.');
    }),
    forged('another scope under the old signature', rfc7515, (good) =>
      edited(good, {}, { scope: 'notes.admin' }),
    ),
    forged('a header of broken UTF-8', rfc7515, (good) => {
      const [, payload, signature] = parts(good);
      return [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]).toString('base64url'), payload, signature].join(
        '.',
      );
    }),
    forged(
      'a header that is an array',
      rfc7515,
      (good) => `${encode([])}.${parts(good).slice(1).join('.')}`,
    ),
    forged(
      'a header that is null',
      rfc7515,
      (good) => `${encode('null')}.${parts(good).slice(1).join('.')}`,
    ),
    forged('a payload that is not an object', 'RFC 7519 section 7.2', async (_good, stage) => {
      const [, , signature] = parts(await stage.token());
      return `${encode({ alg: 'ES256' })}.${encode('[]')}.${signature}`;
    }),
    forged('an unencoded payload', 'RFC 7797', (good) =>
      edited(good, { b64: false, crit: ['b64'] }),
    ),
    forged('seven thousand dots', rfc7515, () => '.'.repeat(7000)),
  ],
};

export const keys: Group = {
  name: 'key confusion',
  cases: [
    ...['none', 'None', 'NONE', 'nOnE'].map((alg) =>
      forged(`alg ${alg} without a signature`, `${rfc8725} section 2.1`, (good) => {
        const [header, payload] = edited(good, { alg }).split('.');
        return `${header}.${payload}.`;
      }),
    ),
    forged('alg none with the old signature', `${rfc8725} section 2.1`, (good) =>
      edited(good, { alg: 'none' }),
    ),
    ...['HS256', 'HS384', 'HS512'].map((alg) =>
      forged(
        `${alg} with the public key as the secret`,
        `${rfc8725} section 2.1`,
        async (good, stage) => {
          const { keys: published } = stage.issuer.documents.get(stage.issuer.paths.jwks) as {
            keys: object[];
          };
          const secret = new TextEncoder().encode(JSON.stringify(published[0]).padEnd(64));
          return new SignJWT(decode(parts(good)[1]))
            .setProtectedHeader({ ...decode(parts(good)[0]), alg })
            .sign(secret);
        },
      ),
    ),
    ...['ES384', 'RS256', 'PS256', 'EdDSA', 'ES256K', 'RSA-OAEP', 'A128KW'].map((alg) =>
      forged(`alg ${alg} for a key of ES256`, `${rfc8725} section 3.1`, (good) =>
        edited(good, { alg }),
      ),
    ),
    forged('no alg', rfc7515, (good) => edited(good, { alg: undefined })),
    forged('alg as an array', rfc7515, (good) => edited(good, { alg: ['ES256'] })),
    unknown('an unpublished key', `${rfc8725} section 3.3`, (stage) =>
      selfSigned(stage, () => ({})),
    ),
    forged(
      'an unpublished key, under a known kid',
      `${rfc8725} section 3.3`,
      async (good, stage) => {
        const { kid } = decode(parts(good)[0]);
        return selfSigned(stage, () => ({ kid }));
      },
    ),
    unknown('a key in the header (jwk)', `${rfc8725} section 3.10`, (stage) =>
      selfSigned(stage, (jwk) => ({ jwk })),
    ),
    unknown('a key at a URL in the header (jku)', `${rfc8725} section 3.10`, (stage) =>
      selfSigned(stage, () => ({ jku: `${stage.around.evil.url}/jwks` })),
    ),
    unknown('a certificate at a URL in the header (x5u)', `${rfc8725} section 3.10`, (stage) =>
      selfSigned(stage, () => ({ x5u: `${stage.around.evil.url}/cert.pem` })),
    ),
    unknown('a certificate in the header (x5c)', `${rfc8725} section 3.10`, (stage) =>
      selfSigned(stage, () => ({ x5c: ['MIIB'] })),
    ),
    ...['../../../etc/passwd', "' OR '1'='1", '\u0000', 'constructor', '__proto__'].map((kid) =>
      unknown(`the kid ${JSON.stringify(kid)}`, `${rfc8725} section 3.10`, (stage) =>
        selfSigned(stage, () => ({ kid })),
      ),
    ),
    forged('a kid that is not a string', rfc7515, (_good, stage) =>
      selfSigned(stage, () => ({ kid: { $ne: null } })),
    ),
    forged('an unknown critical header', 'RFC 7515 section 4.1.11', async (_good, stage) => {
      const header = {
        crit: ['https://evil.example/critical'],
        'https://evil.example/critical': true,
      };
      return stage.token({}, header);
    }),
    forged('an empty crit', 'RFC 7515 section 4.1.11', (good) => edited(good, { crit: [] })),
    unknown(
      'a token of another tenant’s key',
      `${rfc8725} section 3.8`,
      ({ tenant, issuer, around }) =>
        tenant.sign({ iss: issuer.issuer, scope: around.tools.readScope }),
    ),
  ],
};
