import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Environment } from '../environment.js';
import type { TlsSettings } from '../http-client.js';

/** Reads which certificates the API is trusted by, and which one it is shown. */
export function readTlsSettings(env: Environment): TlsSettings {
  const ca = env.file('UPSTREAM_CA_FILE', './ca.pem');
  const certificate = readCertificate(env);
  if (ca !== undefined && !holds(() => isAuthority(ca)))
    env.problem('UPSTREAM_CA_FILE', 'must hold certificates in PEM', './ca.pem');
  return {
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { certificate }),
  };
}

function readCertificate(env: Environment): TlsSettings['certificate'] {
  const cert = env.file('UPSTREAM_CERT_FILE', './client.pem');
  const key = env.file('UPSTREAM_KEY_FILE', './client-key.pem');
  if (cert !== undefined && key !== undefined) {
    if (!holds(() => isPair(cert, key)))
      env.problem(
        'UPSTREAM_CERT_FILE',
        'and UPSTREAM_KEY_FILE must hold a certificate and its key in PEM, without a passphrase',
        './client.pem',
      );
    return { cert, key };
  }
  for (const [one, other, example] of [
    ['UPSTREAM_CERT_FILE', 'UPSTREAM_KEY_FILE', './client.pem'],
    ['UPSTREAM_KEY_FILE', 'UPSTREAM_CERT_FILE', './client-key.pem'],
  ] as const) {
    if (env.text(one) === undefined && env.text(other) !== undefined)
      env.problem(one, `is needed besides ${other}`, example);
  }
  return undefined;
}

/** TLS leaves out what it cannot read of an authority's file, and calls would fail for no reason that shows. */
function isAuthority(ca: string): boolean {
  return certificatesIn(ca).length > 0;
}

/** TLS accepts nothing at all, and a key of another kind than the certificate's, and shows no certificate then. */
function isPair(cert: string, key: string): boolean {
  const [own] = certificatesIn(cert);
  // Too weak for TLS is not too weak for a file.
  createSecureContext({ cert, key });
  return own?.checkPrivateKey(createPrivateKey(key)) === true;
}

/** @throws Error when one of them is broken. */
function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*(-----END CERTIFICATE-----)?/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

/** What OpenSSL says of a file is not for the log. */
function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
