import { membersOf, own, type Api, type ScopeAlternatives } from '../api.js';
import type { Environment } from '../environment.js';
import { headerOf, type HttpRequest } from '../http.js';

/** The scope map of this server, and how its provider spells and nests scopes. */
export interface ScopeRules {
  readonly byTool: Readonly<Record<string, ScopeAlternatives>>;
  /** A scope and those that it includes. */
  readonly implies: ReadonlyMap<string, readonly string[]>;
  /** The provider's prefix for scopes in requests, in tokens, or in both. */
  readonly prefix: string;
  /** For `scopes_supported`. */
  readonly supported: readonly string[];
  /** The scopes that the first challenge asks for. */
  readonly baseline: readonly string[];
}

/** Reads the scope rules and records their problems in `env`. */
export function readScopeRules(api: Api, env: Environment): ScopeRules {
  const all = Object.values(api.scopes).flat(2);
  const readOnly = api.tools.filter((tool) => tool.annotations.readOnlyHint);
  const first = readOnly.flatMap((tool) => api.scopes[tool.name]?.[0] ?? []);
  return {
    byTool: api.scopes,
    implies: readImplications(api, env),
    prefix: env.text('OAUTH_SCOPE_PREFIX') ?? '',
    supported: unique(env.list('OAUTH_SCOPES_SUPPORTED') ?? all).filter(isOurs),
    baseline: unique(env.list('OAUTH_BASELINE_SCOPES') ?? first).filter(isOurs),
  };
}

/** A resource server must not ask for refresh tokens (MCP authorization, "Refresh Tokens"). */
export function isOurs(scope: string): boolean {
  return scope !== 'offline_access';
}

/** Both the document and the operator may say what a scope includes; it includes both. */
function readImplications(api: Api, env: Environment): ScopeRules['implies'] {
  const implies = new Map(Object.entries(api.implies ?? {}));
  const more = parseImplications(env.text('OAUTH_SCOPE_IMPLIES') ?? '');
  if (more === undefined)
    env.problem('OAUTH_SCOPE_IMPLIES', 'must list the scopes that a scope includes');
  for (const [scope, implied] of more ?? [])
    implies.set(scope, [...(implies.get(scope) ?? []), ...implied]);
  return implies;
}

/** Reads `admin=read,write write=read`; undefined if the text does not have that form. */
export function parseImplications(text: string): Map<string, readonly string[]> | undefined {
  const entries = text.split(/[\s;]+/).filter((entry) => entry !== '');
  if (entries.some((entry) => !/^[^=,]+=[^=,]+(,[^=,]+)*$/.test(entry))) return undefined;
  const pairs = entries.map((entry) => entry.split('='));
  return new Map(pairs.map(([scope = '', implied = '']) => [scope, implied.split(',')]));
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}

/** A caller's scopes: as granted, without the provider's prefix, plus all scopes that they imply. */
export function effectiveScopes(
  granted: readonly string[],
  { prefix, implies }: ScopeRules,
): Set<string> {
  // Iterating a set includes elements added on the way, each once.
  const scopes = new Set(
    granted.map((scope) => (scope.startsWith(prefix) ? scope.slice(prefix.length) : scope)),
  );
  for (const scope of scopes) for (const implied of implies.get(scope) ?? []) scopes.add(implied);
  return scopes;
}

/** Whether a caller has every scope of one of the tool's alternatives, compared exactly. Unknown tools are refused. */
export function mayCall(tool: string, granted: readonly string[], rules: ScopeRules): boolean {
  const alternatives = own(rules.byTool, tool);
  if (alternatives === undefined) return false;
  if (alternatives.length === 0) return true;
  const scopes = effectiveScopes(granted, rules);
  return alternatives.some((needed) => needed.every((scope) => scopes.has(scope)));
}

/**
 * The `scope` of a step-up challenge: what the tools need, by the alternatives that ask for least, and those of this
 * server's scopes that the token already has. Clients replace their scope with the challenge's, so without the old
 * ones the user would have to consent at every switch between two tools.
 */
export function stepUpScopes(
  tools: readonly string[],
  granted: readonly string[],
  rules: ScopeRules,
): string[] {
  const held = effectiveScopes(granted, rules);
  const kept = rules.supported.filter((scope) => held.has(scope));
  const needed = tools.flatMap((tool) => leastOf(tool, held, rules));
  return withPrefix([...new Set([...kept, ...needed])].sort(), rules.prefix);
}

/** The scopes that a caller lacks for a tool, by the alternative that asks for least, as the provider spells them. */
export function missingScopes(
  tool: string,
  granted: readonly string[],
  rules: ScopeRules,
): string[] {
  const held = effectiveScopes(granted, rules);
  const missing = leastOf(tool, held, rules).filter((scope) => !held.has(scope));
  return withPrefix(missing, rules.prefix);
}

/** The alternative of a tool that asks a caller for the fewest further scopes. */
function leastOf(tool: string, held: ReadonlySet<string>, rules: ScopeRules): readonly string[] {
  const missing = (needed: readonly string[]) => needed.filter((scope) => !held.has(scope)).length;
  return own(rules.byTool, tool)?.toSorted((a, b) => missing(a) - missing(b))[0] ?? [];
}

/** Every scope that any alternative of a tool names, as requested from the provider. */
export function scopesToAskFor(tool: string, rules: ScopeRules): string[] {
  return withPrefix([...new Set(own(rules.byTool, tool)?.flat())], rules.prefix);
}

/** Scopes as requested from the provider: the prefix is for scopes of this server, not for the provider's own. */
export function withPrefix(scopes: readonly string[], prefix: string): string[] {
  const isWhole = (scope: string) => scope.startsWith(prefix) || isOfOthers(scope);
  return scopes.map((scope) => (isWhole(scope) ? scope : prefix + scope));
}

// OpenID Connect Core 1.0 sections 3.1.2.1, 5.4 and 11.
const OPENID_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];

/** A scope that is a URI names its resource already, such as `https://graph.microsoft.com/User.Read`. */
function isOfOthers(scope: string): boolean {
  return OPENID_SCOPES.includes(scope) || /^([a-z][a-z\d+.-]*:\/\/|urn:)/i.test(scope);
}

/** How a missing scope is reported: by a 403, or by a tool error that carries the challenge. */
export type Report = 'http' | 'tool';

/** The names that a client claims for itself. They are not verified, and only decide the form of a refusal. */
export interface ClientNames {
  /** `clientInfo.name` in the `_meta` of the request (MCP 2026-07-28). */
  readonly info?: string | undefined;
  /** The `User-Agent` of the request. */
  readonly agent?: string | undefined;
  /** The client that the token was issued to. */
  readonly client?: string | undefined;
}

interface Known {
  readonly report: Report;
  readonly info: RegExp;
  readonly agent: RegExp;
  readonly client?: RegExp;
}

/** Clients, by the names in their requests; README.md has a table of what they do with a challenge. */
const KNOWN: readonly Known[] = [
  {
    // ChatGPT gives up on a 403, but shows its user the challenge of a tool error.
    report: 'tool',
    info: /^openai-mcp$/i,
    agent: /^openai-mcp\/|\bChatGPT-User\//i,
    client: /^https:\/\/chatgpt\.com\/oauth\/(?!codex\/)/,
  },
  {
    report: 'http',
    info: /^(anthropic\/|claude)/i,
    agent: /^(claude-user|claude-code)\b/i,
    client: /^https:\/\/claude\.ai\/oauth\//,
  },
  {
    report: 'http',
    info: /^visual studio code\b/i,
    agent: /^(vscode|visual studio code)\b/i,
    client: /^https:\/\/vscode\.dev\/oauth\//,
  },
  { report: 'http', info: /^(mcp-inspector|inspector-client)\b/i, agent: /^mcp-inspector\b/i },
];

/** How a client learns which scopes it lacks: the first known name decides. Others get a 403 (MCP, Step-Up Flow). */
export function reportFor({ info, agent, client }: ClientNames): Report {
  const by = (kind: 'info' | 'agent' | 'client', name: string | undefined) =>
    name === undefined ? undefined : KNOWN.find((known) => known[kind]?.test(name))?.report;
  return by('info', info) ?? by('agent', agent) ?? by('client', client) ?? 'http';
}

/** The names in a request. Batched messages use an earlier protocol version, which does not repeat the client info. */
export function clientNames(
  { headers }: Pick<HttpRequest, 'headers'>,
  message: unknown,
): ClientNames {
  return { info: infoIn(message), agent: headerOf(headers, 'user-agent') };
}

function infoIn(message: unknown): string | undefined {
  const { _meta: meta } = membersOf(membersOf(message)['params']);
  const { name } = membersOf(membersOf(meta)['io.modelcontextprotocol/clientInfo']);
  return typeof name === 'string' ? name : undefined;
}
