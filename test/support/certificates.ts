import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type GeneralNameType,
} from '@peculiar/x509';
import { KeyObject, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { register } from './secrets.js';

/** A certificate and its private key, in PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Wanted {
  /** The common name. */
  readonly name: string;
  /** Host names and addresses of a server; absent: a client's certificate. */
  readonly hosts?: readonly string[];
  /** Default: `ec`. */
  readonly kind?: keyof typeof algorithms;
  /** It expired yesterday. */
  readonly expired?: boolean;
}

/** A certificate authority for a test. */
export interface Authority {
  /** Its own certificate, in PEM. */
  readonly ca: string;
  readonly issue: (wanted: Wanted) => Promise<Identity>;
}

const algorithms = {
  ec: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: rsaOf(2048),
  weak: rsaOf(512),
};

function rsaOf(modulusLength: number) {
  const publicExponent = new Uint8Array([1, 0, 1]);
  return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength, publicExponent };
}

/** From an hour ago, so that no clock is behind it, until tomorrow. */
const validity = () => ({
  notBefore: new Date(Date.now() - 3_600_000),
  notAfter: new Date(Date.now() + 86_400_000),
});

const past = () => ({
  notBefore: new Date(Date.now() - 2 * 86_400_000),
  notAfter: new Date(Date.now() - 86_400_000),
});

/** Makes a certificate authority that is not trusted by default. */
export async function createAuthority(name: string): Promise<Authority> {
  const keys = await newKeys('ec');
  const issuer = `CN=${name}`;
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: issuer,
    keys,
    signingAlgorithm: algorithms.ec,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
    ...validity(),
  });
  const issue = async ({
    name: subject,
    hosts,
    kind = 'ec',
    expired,
  }: Wanted): Promise<Identity> => {
    const { publicKey, privateKey } = await newKeys(kind);
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${subject}`,
      issuer,
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithms.ec,
      extensions: hosts === undefined ? client : serverOf(hosts),
      ...(expired === true ? past() : validity()),
    });
    return { cert: certificate.toString('pem'), key: exportKey(subject, privateKey) };
  };
  return { ca: ca.toString('pem'), issue };
}

const client = [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])];

function serverOf(hosts: readonly string[]) {
  const names = hosts.map((value) => ({
    type: (isIP(value) > 0 ? 'ip' : 'dns') satisfies GeneralNameType,
    value,
  }));
  return [
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(names),
  ];
}

async function newKeys(kind: keyof typeof algorithms): Promise<webcrypto.CryptoKeyPair> {
  const keys = await webcrypto.subtle.generateKey(algorithms[kind], true, ['sign', 'verify']);
  return keys;
}

function exportKey(name: string, key: webcrypto.CryptoKey): string {
  const pem = KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();
  const [, , inside = ''] = pem.split('\n');
  register(`private key of ${name}`, inside);
  return pem;
}
