import type { Api } from '../api.js';
import { plainHostsOf } from '../client.js';
import type { Environment } from '../environment.js';
import { urlFault } from '../http.js';
import { isNumbered, numbered } from '../variables.js';
import type { Resource } from './metadata.js';
import type { OAuthSettings } from './settings.js';

/** One authorization server: where its keys are, and the audiences that its tokens must have. */
export interface AuthorizationServer {
  /** As configured, byte for byte: the metadata advertises it and discovery must confirm it. */
  readonly issuer: string;
  /** Accepted `iss` values. */
  readonly issuers: readonly string[];
  /** Never empty: the audience check cannot be switched off. */
  readonly audiences: readonly string[];
  readonly metadataUrl?: string;
  readonly jwksUri?: string;
  /** Host names of the operator's URLs with plain http. */
  readonly plainHosts: ReadonlySet<string>;
}

/** The separate settings of each authorization server, in the order of the list. */
export function serversOf({ others = [], ...first }: OAuthSettings): readonly OAuthSettings[] {
  return [first, ...others.map((other) => ({ ...first, ...other }))];
}

type Servers = readonly [AuthorizationServer, ...AuthorizationServer[]];

const NO_ISSUER =
  'must be set to the issuer URL of the authorization server whose tokens are accepted';
const REPEATED = 'must list each authorization server only once';

/** Reads the authorization servers and records their problems in `env`. */
export function readServers(
  api: Api,
  env: Environment,
  resource: Resource,
  audienceClaim: string,
): Servers {
  const listed = env.list('OAUTH_AUTHORIZATION_SERVER') ?? [api.authorizationServer ?? ''];
  checkIssuers(listed, env);
  refuseNumbers(listed.length, env);
  if (listed.length > 1) refuseSingle(env);
  const [issuer = '', ...others] = listed;
  const read = (one: string, index: number) =>
    readServer(one, { env, place: index + 1, count: listed.length, resource, audienceClaim });
  return [read(issuer, 0), ...others.map((other, index) => read(other, index + 1))];
}

function checkIssuers(listed: readonly string[], env: Environment): void {
  const http = env.boolean('OAUTH_ALLOW_HTTP');
  const faults = listed.map((one) => (one === '' ? NO_ISSUER : urlFault(one, { http })));
  const isRepeated = new Set(listed).size < listed.length;
  const fault = faults.find((one) => one !== undefined) ?? (isRepeated ? REPEATED : undefined);
  if (fault !== undefined) env.problem('OAUTH_AUTHORIZATION_SERVER', fault);
}

/** A number that no server has would be a setting without effect. */
function refuseNumbers(count: number, env: Environment): void {
  for (const name of env.names().filter(isNumbered)) {
    const [number = ''] = /\d+$/.exec(name) ?? [];
    if (!/^[1-9]/.test(number) || Number(number) > count)
      env.refuse(name, `must end in a position of OAUTH_AUTHORIZATION_SERVER: from 1 to ${count}`);
  }
}

const SEVERAL = 'OAUTH_AUTHORIZATION_SERVER lists several servers';

/** A setting for one server must not be used for all: one would be asked about the tokens of another. */
function refuseSingle(env: Environment): void {
  const known = 'each token must have the `iss` of its own server, and is validated with its keys';
  if (env.text('OAUTH_ISSUER') !== undefined)
    env.refuse('OAUTH_ISSUER', `must not be set when ${SEVERAL}: ${known}`);
  const asked = 'introspection would send the tokens of one server to another';
  if (env.text('OAUTH_TOKEN_FORMAT') === 'opaque')
    env.refuse('OAUTH_TOKEN_FORMAT', `must not be opaque when ${SEVERAL}: ${asked}`);
  if (env.text('OAUTH_INTROSPECTION_URL') !== undefined)
    env.refuse('OAUTH_INTROSPECTION_URL', `must not be set when ${SEVERAL}: ${asked}`);
}

interface Place {
  readonly env: Environment;
  /** From 1. */
  readonly place: number;
  readonly count: number;
  readonly resource: Resource;
  readonly audienceClaim: string;
}

function readServer(issuer: string, at: Place): AuthorizationServer {
  const { env, count } = at;
  const metadataUrl = readUrl('OAUTH_METADATA_URL', at);
  const jwksUri = readUrl('OAUTH_JWKS_URI', at);
  return {
    issuer,
    // Names, which are compared and never fetched (RFC 7519 section 4.1.1).
    issuers: (count === 1 ? env.list('OAUTH_ISSUER') : undefined) ?? [issuer],
    audiences: readAudiences(at),
    metadataUrl,
    jwksUri,
    plainHosts: plainHostsOf(issuer, metadataUrl, jwksUri),
  };
}

const NO_AUDIENCE = 'must be set to the accepted values of the claim in OAUTH_AUDIENCE_CLAIM';

function readAudiences({ env, place, resource, audienceClaim }: Place): readonly string[] {
  const own = env.list(numberedName('OAUTH_AUDIENCE', place));
  const configured = own ?? env.list('OAUTH_AUDIENCE');
  if (audienceClaim !== 'aud' && configured === undefined)
    env.problem('OAUTH_AUDIENCE', NO_AUDIENCE, '2kq8c3');
  return configured ?? resource.audiences;
}

function readUrl(
  name: 'OAUTH_METADATA_URL' | 'OAUTH_JWKS_URI',
  { env, place, count }: Place,
): string | undefined {
  const own = env.url(numberedName(name, place));
  const only = env.url(name);
  if (only !== undefined && count > 1)
    env.refuse(name, `must not be set when ${SEVERAL}: set ${name}_1, ${name}_2 and so on`);
  if (only !== undefined && own !== undefined)
    env.refuse(name, `must not be set together with ${name}_${place}`);
  return own ?? only;
}

function numberedName(
  name: 'OAUTH_AUDIENCE' | 'OAUTH_METADATA_URL' | 'OAUTH_JWKS_URI',
  place: number,
) {
  return { variable: `${name}_${place}`, example: numbered[`${name}_<N>`].example };
}
