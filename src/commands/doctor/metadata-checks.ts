import { parseUrl } from '../../../templates/src/runtime/text.js';
import type { JsonObject } from '../../json.js';
import { isLoopback, isMetadataUrl } from '../../../templates/src/runtime/http.js';
import { isAboutCertificate } from '../../net/fetch-document.js';
import { fail, pass, skip, warn, type Check, type CheckId } from './check.js';
import { listIn, textIn, type Evidence } from '../../net/metadata.js';

/** The checks of an authorization server's metadata; `needed` are the scopes of the project. */
export function checkMetadata(evidence: Evidence, needed: readonly string[]): readonly Check[] {
  const { metadata } = evidence;
  const rest: [CheckId, (metadata: JsonObject) => Check][] = [
    ['issuer', (found) => checkIssuer(evidence, found)],
    ['authorization-code', checkAuthorizationCode],
    ['refresh', checkRefresh],
    ['pkce', checkPkce],
    ['client-metadata', checkClientMetadata],
    ['registration', checkRegistration],
    ['iss', checkIss],
    ['scopes', (found) => checkScopes(found, needed)],
  ];
  const checked = rest.map(([id, check]) =>
    metadata === undefined ? skip(id, 'There is no metadata.') : check(metadata),
  );
  return [checkHttps(evidence), checkPlaces(evidence), ...checked];
}

/** RFC 8414 section 2: an issuer is https. On one machine, nothing can intercept the traffic. */
function checkHttps({ issuer }: Evidence): Check {
  if (issuer.protocol === 'https:') return pass('https', 'The issuer is https.');
  return isLoopback(issuer.hostname)
    ? pass('https', 'Plain http, on this machine only.')
    : fail(
        'https',
        'The issuer is plain http: tokens and codes are readable on the way.',
        'Serve it over https; clients refuse anything else.',
      );
}

/** RFC 8414 section 3, OpenID Connect Discovery section 4, MCP specification "Authorization Server Metadata Discovery". */
function checkPlaces({ issuer, answers }: Evidence): Check {
  const found = answers.filter(({ document }) => document !== undefined);
  const [first] = answers;
  if (found.length === 0) {
    const reasons = answers.map(({ url, problem }) => `${url}: ${explain(problem ?? '')}`);
    const certificate = certificateRemedy(answers.map(({ problem }) => problem ?? ''));
    if (certificate === undefined && answers.every(({ status }) => status === undefined))
      return {
        ...fail('metadata', `Nothing responds. ${reasons.join('; ')}.`, REACH),
        unreachable: true,
      };
    return fail(
      'metadata',
      `It was not found. ${reasons.join('; ')}.`,
      certificate ?? (isMetadataUrl(issuer.href) ? DOCUMENT : EXACT),
    );
  }
  const forms = found.map(({ form }) => form).join(', ');
  if (first?.document !== undefined) return pass('metadata', `Found by ${forms}.`);
  return warn(
    'metadata',
    `Found by ${forms} only, not at ${first?.url ?? ''}.`,
    'Clients of the MCP specification of 2025-11-25 and later look there too; for older ones, publish it there.',
  );
}

const EXACT =
  'Check that this is exactly the iss of its tokens, including path and trailing slash.';
const DOCUMENT =
  'Pass the issuer, not the URL of its metadata: without the part from /.well-known on.';
const REACH =
  'Check the spelling of the host, the network, and whether a proxy is needed (HTTPS_PROXY).';

function explain(problem: string): string {
  return isExpired(problem) ? 'its certificate has expired' : problem;
}

/** Node's code, or OpenSSL's words. */
function isExpired(problem: string): boolean {
  return problem === 'CERT_HAS_EXPIRED' || problem === 'certificate has expired';
}

function certificateRemedy(problems: readonly string[]): string | undefined {
  if (problems.some(isExpired)) return 'Renew the certificate.';
  if (!problems.some(isAboutCertificate)) return undefined;
  return 'Use a certificate that clients trust; for a private authority, set NODE_EXTRA_CA_CERTS here.';
}

/** RFC 8414 section 3.3: identical. */
function checkIssuer({ issuerText }: Evidence, metadata: JsonObject): Check {
  const said = textIn(metadata, 'issuer');
  if (said === issuerText) return pass('issuer', 'The metadata names the same issuer.');
  const slash = said?.replace(/\/$/, '') === issuerText.replace(/\/$/, '');
  return fail(
    'issuer',
    `The metadata says ${said === undefined ? 'nothing' : JSON.stringify(said)}, not ${JSON.stringify(issuerText)}.`,
    said === undefined
      ? 'Add the issuer to the metadata: clients compare it byte for byte.'
      : slash
        ? `The two differ in a trailing slash: use --oauth-server ${said}.`
        : `If that is your authorization server, use --oauth-server ${said}; otherwise its URL is misconfigured.`,
  );
}

function checkAuthorizationCode(metadata: JsonObject): Check {
  const missing = ['authorization_endpoint', 'token_endpoint'].filter(
    (name) => !parseUrl(textIn(metadata, name) ?? ''),
  );
  const grants = listIn(metadata, 'grant_types_supported') ?? ['authorization_code'];
  const types = listIn(metadata, 'response_types_supported') ?? ['code'];
  if (missing.length === 0 && grants.includes('authorization_code') && types.includes('code'))
    return pass('authorization-code', 'Offered.');
  return fail(
    'authorization-code',
    missing.length > 0
      ? `The metadata has no valid ${missing.join(' and no valid ')}.`
      : 'The metadata does not offer response type code with grant type authorization_code.',
    'MCP clients sign users in with an authorization code only: enable it.',
  );
}

function checkRefresh(metadata: JsonObject): Check {
  const grants = listIn(metadata, 'grant_types_supported');
  if (grants?.includes('refresh_token') === true) return pass('refresh', 'Offered.');
  return warn(
    'refresh',
    grants === undefined
      ? 'The metadata does not say (grant_types_supported).'
      : 'The metadata does not offer the grant type refresh_token.',
    'Without it, users sign in again whenever a token expires: enable it, or issue longer-lived tokens.',
  );
}

/** MCP specification, "Authorization Code Protection": a client must not continue without this. */
function checkPkce(metadata: JsonObject): Check {
  const methods = listIn(metadata, 'code_challenge_methods_supported');
  if (methods?.includes('S256') === true) return pass('pkce', 'Announced.');
  return fail(
    'pkce',
    methods === undefined
      ? 'Not announced: the metadata has no code_challenge_methods_supported.'
      : `${methods.join(', ') || 'No method'} is announced, but not S256.`,
    'MCP clients refuse to continue. Announce S256; supporting it is not enough.',
  );
}

function checkClientMetadata(metadata: JsonObject): Check {
  if (metadata['client_id_metadata_document_supported'] === true)
    return pass('client-metadata', 'Supported.');
  return warn(
    'client-metadata',
    'Not supported (client_id_metadata_document_supported).',
    'Clients with a client ID document register instead, or need an ID from you.',
  );
}

function checkRegistration(metadata: JsonObject): Check {
  if (textIn(metadata, 'registration_endpoint') !== undefined)
    return pass('registration', 'Offered.');
  return warn(
    'registration',
    'No registration_endpoint.',
    metadata['client_id_metadata_document_supported'] === true
      ? 'Clients without support for client ID metadata documents need an ID from you.'
      : 'Every client needs an ID from you: register ChatGPT, Claude, VS Code … by hand.',
  );
}

/** RFC 9207 section 3. */
function checkIss(metadata: JsonObject): Check {
  if (metadata['authorization_response_iss_parameter_supported'] === true)
    return pass('iss', 'Announced.');
  return warn(
    'iss',
    'Not announced (authorization_response_iss_parameter_supported).',
    'Enable it: with it, clients of several authorization servers know which one responds.',
  );
}

function checkScopes(metadata: JsonObject, needed: readonly string[]): Check {
  if (needed.length === 0)
    return skip(
      'scopes',
      'The needed scopes are not known.',
      'Pass them with --project or --scopes.',
    );
  const offered = listIn(metadata, 'scopes_supported');
  if (offered === undefined)
    return warn(
      'scopes',
      'The metadata does not list any.',
      `Make sure that these exist: ${needed.join(' ')}.`,
    );
  const missing = needed.filter((scope) => !offered.includes(scope));
  if (missing.length === 0) return pass('scopes', `All ${needed.length} are listed.`);
  return warn(
    'scopes',
    `Not listed: ${missing.join(' ')}.`,
    'Create them there. Some providers list OpenID Connect scopes only; then only a token shows which scopes exist.',
  );
}
