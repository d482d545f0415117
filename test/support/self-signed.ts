import { randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';

const SEQUENCE = 0x30;
const SHA256_WITH_RSA = '2a864886f70d01010b';
const COMMON_NAME = '550403';

/** A certificate of an RSA key that vouches for itself, in PEM; Node reads certificates, but makes none. */
export function selfSign(privateKey: KeyObject, publicKey: KeyObject, name: string): string {
  const algorithm = der(SEQUENCE, oid(SHA256_WITH_RSA), der(0x05));
  const issuer = der(
    SEQUENCE,
    der(0x31, der(SEQUENCE, oid(COMMON_NAME), der(0x0c, Buffer.from(name)))),
  );
  const day = 86_400_000;
  const content = der(
    SEQUENCE,
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    issuer,
    der(SEQUENCE, time(Date.now() - day), time(Date.now() + day)),
    issuer,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(0x03, Buffer.of(0), sign('sha256', content, privateKey));
  return new X509Certificate(der(SEQUENCE, content, algorithm, signature)).toString();
}

/** A value of ASN.1 in its only encoding (X.690 section 10). */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

/** UTCTime. */
function time(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(text.slice(2)));
}
