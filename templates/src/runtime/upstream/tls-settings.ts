import { createSecureContext } from 'node:tls';
import type { Environment } from '../environment.js';
import type { TlsSettings } from '../http-client.js';

/** Reads which certificates the API is trusted by, and which one it is shown. */
export function readTlsSettings(env: Environment): TlsSettings {
  const ca = env.file('UPSTREAM_CA_FILE', './ca.pem');
  const certificate = readCertificate(env);
  check(env, 'UPSTREAM_CA_FILE', 'must hold certificates in PEM', () => ({ ca }));
  check(
    env,
    'UPSTREAM_CERT_FILE',
    'and UPSTREAM_KEY_FILE must hold a certificate and its key in PEM, without a passphrase',
    () => ({ ...certificate }),
  );
  return {
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { certificate }),
  };
}

function readCertificate(env: Environment): TlsSettings['certificate'] {
  const cert = env.file('UPSTREAM_CERT_FILE', './client.pem');
  const key = env.file('UPSTREAM_KEY_FILE', './client-key.pem');
  if (cert !== undefined && key !== undefined) return { cert, key };
  for (const [one, other] of [
    ['UPSTREAM_CERT_FILE', 'UPSTREAM_KEY_FILE'],
    ['UPSTREAM_KEY_FILE', 'UPSTREAM_CERT_FILE'],
  ] as const) {
    if (env.text(one) === undefined && env.text(other) !== undefined)
      env.problem(one, `is needed besides ${other}`, './client.pem');
  }
  return undefined;
}

/** OpenSSL's own opinion; it takes a text without any certificate for an empty list of them. */
function check(
  env: Environment,
  name: string,
  fault: string,
  options: () => { ca?: string | undefined; cert?: string; key?: string },
): void {
  const given = options();
  const empty = given.ca !== undefined && !given.ca.includes('-----BEGIN CERTIFICATE-----');
  try {
    createSecureContext(given);
    if (!empty) return;
  } catch {
    // Told below.
  }
  env.problem(name, fault, './file.pem');
}
