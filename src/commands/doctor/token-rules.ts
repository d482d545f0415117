import { join } from 'node:path';
import { decodeJwt } from 'jose';
import type { Api } from '../../../templates/src/runtime/api.js';
import {
  Environment as SettingsReader,
  readProxySettings,
} from '../../../templates/src/runtime/environment.js';
import { readOAuthSettings, serversOf } from '../../../templates/src/runtime/oauth/settings.js';
import { readAddress, readResource } from '../../../templates/src/runtime/settings.js';
import {
  documentVariables,
  isNumbered,
  namesIn,
  variables,
} from '../../../templates/src/runtime/variables.js';
import type { Environment } from '../../print/terminal.js';
import { readDotenv, settingsIn } from '../../project/dotenv.js';

/** The settings by which a server accepts tokens, read with the server's own reader. */
export type TokenRules = ReturnType<typeof readRules> & {
  /** Whether the required audience is known. */
  readonly hasAudience: boolean;
};

/** The values from the command line. */
interface Asked {
  readonly issuer: string;
  readonly resource?: string | undefined;
}

/** An unknown API: its server has the defaults. */
const unknownApi: Api = {
  name: 'unknown',
  title: 'Unknown',
  version: '0',
  authentication: 'oauth2',
  baseUrl: 'https://localhost',
  securitySchemes: {},
  scopes: {},
  tools: [],
};

/** The rules of a server with defaults for everything but issuer and audience. */
export function usualRules({ issuer, resource }: Asked): TokenRules {
  const values = {
    OAUTH_AUTHORIZATION_SERVER: issuer,
    // Whether https is used is a separate check.
    OAUTH_ALLOW_HTTP: 'true',
    OAUTH_AUDIENCE: resource,
  };
  const rules = settingsIn('--oauth-server', values, (env) => readRules(unknownApi, env));
  return { ...rules, hasAudience: resource !== undefined };
}

/** The rules of a project with these variables, as if it were started here. */
export function projectRules(
  folder: string,
  api: Api,
  set: Environment,
  { issuer, resource }: Asked,
): TokenRules {
  const values = {
    ...set,
    ...(!listedIssuers(set).includes(issuer) && { OAUTH_AUTHORIZATION_SERVER: issuer }),
    ...(resource !== undefined && { MCP_RESOURCE_URL: resource }),
  };
  const rules = settingsIn(join(folder, '.env'), values, (env) => readRules(api, env));
  const own = serversOf(rules.oauth).find((server) => server.issuer === issuer);
  return { ...rules, oauth: own ?? rules.oauth, hasAudience: true };
}

/** The authorization servers in the settings. */
export function listedIssuers(set: Environment): string[] {
  return new SettingsReader(set).list('OAUTH_AUTHORIZATION_SERVER') ?? [];
}

/** The issuer in the token, else the first: a server validates a token by the rules of its issuer. */
export function issuerAmong(
  listed: readonly string[],
  token: string | undefined,
): string | undefined {
  return listed.find((issuer) => issuer === issuerOf(token)) ?? listed[0];
}

function issuerOf(token: string | undefined): string | undefined {
  try {
    return decodeJwt(token ?? '').iss;
  } catch {
    return undefined;
  }
}

/** The project's variables that are set: a `.env` file adds to the environment, but never overrides it. */
export async function projectVariables(
  folder: string,
  api: Api,
  env: Environment,
): Promise<Environment> {
  const names = [variables, documentVariables(api)].flatMap(namesIn);
  const all = Object.entries({ ...(await readDotenv(folder)), ...env });
  return Object.fromEntries(all.filter(([name]) => names.includes(name) || isNumbered(name)));
}

/** Only the settings that decide about a token; their problems are recorded in `env`. */
function readRules(api: Api, env: SettingsReader) {
  const resource = readResource(api, env, readAddress(env));
  const oauth = readOAuthSettings(api, env, resource, readProxySettings(env));
  return { oauth, maxHeaderBytes: env.integer('MCP_MAX_HEADER_BYTES') };
}
