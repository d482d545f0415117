import { array, object, texts, type JsonObject } from '../../json.js';
import { gather } from '../../net/metadata.js';
import { createFetch } from '../../net/reach.js';
import { plural } from '../../numbers.js';

/** What is known about an authorization server. */
export interface IssuerReport {
  readonly issuer: string;
  /** According to its metadata, clients and this server can work with it. */
  readonly ok: boolean;
  /** A short summary. */
  readonly facts: readonly string[];
  /** Problems, and manual steps that clients need. */
  readonly concerns: readonly string[];
}

/** Evaluates the metadata (RFC 8414) and keys (RFC 7517) of an authorization server. */
export function reportOn(
  issuer: string,
  metadata: JsonObject,
  keys: JsonObject | string | undefined,
): IssuerReport {
  const faults = [...issuerFaults(issuer, metadata), ...pkceFaults(metadata)];
  const registration = registrationOf(metadata);
  const known = keysOf(metadata, keys);
  return {
    issuer,
    ok: faults.length === 0 && known.fault === undefined,
    facts: [
      ...(faults.length === 0 ? [MATCHES] : []),
      ...[registration, known.fact].filter((fact) => fact !== undefined),
    ],
    concerns: [
      ...[...faults, known.fault].filter((fault) => fault !== undefined),
      ...(registration === undefined ? [BY_HAND] : []),
    ],
  };
}

const MATCHES = 'The issuer matches its metadata, and PKCE with S256 is supported.';
const BY_HAND = 'Clients cannot register themselves: give each client a client ID.';

/** RFC 8414 section 3.3: the issuers must be identical, byte for byte. */
function issuerFaults(issuer: string, metadata: JsonObject): string[] {
  const said = metadata['issuer'];
  if (said === issuer) return [];
  const name = typeof said === 'string' ? said : 'nothing';
  return [
    `Its metadata says that the issuer is ${name}, and so will its tokens. Enter exactly that.`,
  ];
}

/** MCP specification, Authorization: a client must not continue with a server that does not announce this. */
function pkceFaults(metadata: JsonObject): string[] {
  if (texts(metadata['code_challenge_methods_supported']).includes('S256')) return [];
  return ['It does not announce PKCE with S256, so MCP clients refuse to use it.'];
}

function registrationOf(metadata: JsonObject): string | undefined {
  const ways = [
    ...(metadata['client_id_metadata_document_supported'] === true
      ? ['with client ID metadata documents']
      : []),
    ...(typeof metadata['registration_endpoint'] === 'string' ? ['by dynamic registration'] : []),
  ];
  return ways.length === 0 ? undefined : `Clients register ${ways.join(' or ')}.`;
}

/** Without keys, JWTs cannot be validated; opaque tokens can, with introspection (RFC 7662). */
function keysOf(
  metadata: JsonObject,
  keys: JsonObject | string | undefined,
): { readonly fact?: string; readonly fault?: string } {
  if (typeof keys === 'string') return { fault: `Its keys cannot be read: ${keys}.` };
  const list = array(keys?.['keys']);
  if (list.length > 0) {
    const kinds = [...new Set(list.map(kindOf))].filter((kind) => kind !== undefined);
    return {
      fact: `${plural(list.length, 'key')}${kinds.length > 0 ? `: ${kinds.join(', ')}` : ''}.`,
    };
  }
  if (typeof metadata['introspection_endpoint'] === 'string')
    return { fact: 'It publishes no keys; set OAUTH_TOKEN_FORMAT=opaque to ask it about tokens.' };
  return { fault: 'It publishes no keys, so its tokens cannot be validated.' };
}

function kindOf(key: unknown): string | undefined {
  const { alg, kty, crv } = object(key);
  return [alg, crv, kty].find((word) => typeof word === 'string');
}

/** Evaluates an authorization server by what it publishes. Never rejects. */
export async function checkIssuer(issuer: string): Promise<IssuerReport> {
  const url = new URL(issuer);
  const { answers, metadata, keys } = await gather(issuer, url, createFetch(url));
  if (metadata !== undefined) return reportOn(issuer, metadata, keys?.document ?? keys?.problem);
  const concerns = answers.map(({ url, problem }) => `No metadata at ${url}: ${problem ?? ''}.`);
  return { issuer, ok: false, facts: [], concerns };
}
