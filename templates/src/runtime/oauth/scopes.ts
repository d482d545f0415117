import type { ScopeAlternatives } from '../api.js';

/** The scope map of this server, and how its provider spells and nests scopes. */
export interface ScopeRules {
  readonly byTool: Readonly<Record<string, ScopeAlternatives>>;
  /** A scope and those that it includes. */
  readonly implies: ReadonlyMap<string, readonly string[]>;
  /** What the provider puts before a scope in requests, in tokens, or in both. */
  readonly prefix: string;
  /** For `scopes_supported`. */
  readonly supported: readonly string[];
  /** What a first challenge asks for. */
  readonly baseline: readonly string[];
}

/** The scopes a caller has: as granted, without the provider's prefix, and with all that they imply. */
export function effectiveScopes(
  granted: readonly string[],
  { prefix, implies }: ScopeRules,
): Set<string> {
  // A set visits what is added on the way, and each scope once.
  const scopes = new Set(
    granted.map((scope) => (scope.startsWith(prefix) ? scope.slice(prefix.length) : scope)),
  );
  for (const scope of scopes) for (const implied of implies.get(scope) ?? []) scopes.add(implied);
  return scopes;
}

/** Whether a caller may call a tool: every scope of one alternative, compared exactly. No caller may call unknown tools. */
export function mayCall(tool: string, granted: readonly string[], rules: ScopeRules): boolean {
  const alternatives = scopesOf(tool, rules);
  if (alternatives === undefined) return false;
  if (alternatives.length === 0) return true;
  const scopes = effectiveScopes(granted, rules);
  return alternatives.some((needed) => needed.every((scope) => scopes.has(scope)));
}

/**
 * The `scope` of a step-up challenge: what the tools need, by the alternatives that ask for least, and what the
 * token already has of this server's scopes. Clients replace their scope with the challenge's, so that leaving
 * out the old ones would cost the user a consent at every change between two tools.
 */
export function stepUpScopes(
  tools: readonly string[],
  granted: readonly string[],
  rules: ScopeRules,
): string[] {
  const held = effectiveScopes(granted, rules);
  const kept = rules.supported.filter((scope) => held.has(scope));
  const missing = (needed: readonly string[]) => needed.filter((scope) => !held.has(scope)).length;
  const needed = tools.flatMap(
    (tool) => scopesOf(tool, rules)?.toSorted((a, b) => missing(a) - missing(b))[0] ?? [],
  );
  return withPrefix([...new Set([...kept, ...needed])].sort(), rules.prefix);
}

/** What a caller lacks for a tool, by the alternative that asks for least, as the provider wants to be asked for it. */
export function missingScopes(
  tool: string,
  granted: readonly string[],
  rules: ScopeRules,
): string[] {
  const held = effectiveScopes(granted, rules);
  const missing = scopesOf(tool, rules)?.map((needed) => needed.filter((one) => !held.has(one)));
  const [least = []] = missing?.toSorted((a, b) => a.length - b.length) ?? [];
  return withPrefix(least, rules.prefix);
}

/** Every scope that any alternative of a tool names, as the provider wants to be asked for it. */
export function scopesToAskFor(tool: string, rules: ScopeRules): string[] {
  return withPrefix([...new Set(scopesOf(tool, rules)?.flat())], rules.prefix);
}

/** Scopes as the provider wants to be asked for them. */
export function withPrefix(scopes: readonly string[], prefix: string): string[] {
  return scopes.map((scope) => (scope.startsWith(prefix) ? scope : prefix + scope));
}

/** Reads `admin=read,write write=read`; undefined when it is not of that form. */
export function parseImplications(text: string): Map<string, readonly string[]> | undefined {
  const entries = text.split(/[\s;]+/).filter((entry) => entry !== '');
  if (entries.some((entry) => !/^[^=,]+=[^=,]+(,[^=,]+)*$/.test(entry))) return undefined;
  const pairs = entries.map((entry) => entry.split('='));
  return new Map(pairs.map(([scope = '', implied = '']) => [scope, implied.split(',')]));
}

function scopesOf(tool: string, { byTool }: ScopeRules): ScopeAlternatives | undefined {
  return Object.hasOwn(byTool, tool) ? byTool[tool] : undefined;
}
