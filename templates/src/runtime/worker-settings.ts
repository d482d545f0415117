import type { Api } from './api.js';
import { Environment, type Variables } from './environment.js';
import { readSettings, type HttpSettings } from './settings.js';
import { documentVariables, namesIn, variables, type Variable } from './variables.js';

/** Settings of a listening process, which the platform decides for a Worker. */
const PLATFORM = [
  'PORT',
  'HOST',
  'MCP_TRUSTED_PROXIES',
  'MCP_MAX_HEADER_BYTES',
  'MCP_KEEP_ALIVE_SECONDS',
  'MCP_DRAIN_SECONDS',
  'MCP_SHUTDOWN_SECONDS',
];
const NO_FILES = 'a Cloudflare Worker has no files';
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** Why a variable has no effect on Cloudflare Workers; undefined if it works as usual. */
export function lackingInWorkers(
  name: string,
  { kind }: Pick<Variable, 'kind'>,
): string | undefined {
  if (kind === 'file' || name.endsWith('_CLIENT_KEY_ID')) return NO_FILES;
  if (PLATFORM.includes(name)) return 'Cloudflare decides it for a Worker';
  if (name === 'MCP_FETCH_FILES') return 'a Cloudflare Worker cannot recognize private addresses';
  return PROXIES.includes(name) ? 'a Cloudflare Worker does not use a proxy' : undefined;
}

/** Settings of a Worker. @throws SettingsError naming every variable that must change. */
export function readWorkerSettings(api: Api, values: Variables): HttpSettings {
  const env = new Environment(values);
  const refused = refusedVariables(api);
  for (const name of env.names()) {
    const reason = refused.get(name);
    if (reason !== undefined) env.refuse(name, `must not be set: ${reason}`);
  }
  const rest = new Environment({ ...without(values, refused), ...publicPlace(api, env) });
  const settings = readSettings(api, rest);
  env.adopt(rest);
  env.throwProblems();
  return settings;
}

/** The names that must not be set, with the reason. */
function refusedVariables(api: Api): ReadonlyMap<string, string> {
  const rows = Object.entries({ ...variables, ...documentVariables(api) });
  const own = rows.flatMap(([name, variable]) => {
    const [, file] = namesIn({ [name]: variable });
    const reason = lackingInWorkers(name, variable);
    return [
      ...(reason === undefined ? [] : spellingsOf(name).map((one) => [one, reason] as const)),
      ...(file === undefined ? [] : [[file, `${NO_FILES}; make ${name} a secret`] as const]),
    ];
  });
  return new Map(own);
}

/** Proxy variables are also read in lower case. */
function spellingsOf(name: string): string[] {
  return PROXIES.includes(name) ? [name, name.toLowerCase()] : [name];
}

function without(values: Variables, refused: ReadonlyMap<string, string>): Variables {
  const kept = Object.entries(values).filter(([name]) => !refused.has(name));
  return Object.fromEntries(kept);
}

/** Others can always reach a Worker. Missing variables are reported and get a value, so that the rest can be read. */
function publicPlace(api: Api, env: Environment): Variables {
  const hasOAuth = api.authentication === 'oauth2';
  const isNamed = (env.text('MCP_RESOURCE_URL') ?? api.resourceUrl) !== undefined;
  const isOpen = hasOAuth || env.boolean('MCP_ALLOW_UNAUTHENTICATED');
  if (!isNamed) env.problem('MCP_RESOURCE_URL', NAMELESS);
  if (!isOpen) env.problem('MCP_ALLOW_UNAUTHENTICATED', OPEN, 'true');
  return {
    HOST: '0.0.0.0',
    ...(!isNamed && { MCP_RESOURCE_URL: 'https://mcp.example.com/mcp' }),
    ...(!isOpen && { MCP_ALLOW_UNAUTHENTICATED: 'true' }),
  };
}

const NAMELESS = 'must be set: it is the URL clients connect to, and the audience of their tokens';
const OPEN =
  'must be true: anyone can reach a Worker, and this one requires no token and uses its own upstream credentials';
