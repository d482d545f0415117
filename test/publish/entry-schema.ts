/**
 * What the MCP registry demands of the members of `server.json` that `publish` writes. Written down from the
 * published schema https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json, read on 2026-11-28,
 * and not a copy of it: members that are never written are not here.
 */
export const entrySchema = {
  $schema: {
    pattern:
      /^https:\/\/static\.modelcontextprotocol\.io\/schemas\/2025-12-11\/server\.schema\.json$/,
  },
  name: { pattern: /^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/, required: true, min: 3, max: 200 },
  title: { min: 1, max: 100 },
  description: { required: true, min: 1, max: 100 },
  version: { pattern: /^[^~<>=*\s^]+$/, required: true, max: 255 },
  websiteUrl: { pattern: /^https?:\/\// },
} satisfies Record<string, Demand>;

interface Demand {
  readonly required?: true;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
}

/** The members that the registry refuses; one that is not known here is refused too. */
export function faultsOf(entry: object, demands: Readonly<Record<string, Demand>>): string[] {
  const { remotes, ...texts } = entry as Record<string, unknown>;
  const wrong = Object.entries(demands).filter(([name, demand]) => !isMet(texts[name], demand));
  const unknown = Object.keys(texts).filter((name) => !Object.hasOwn(demands, name));
  return [...wrong.map(([name]) => name), ...unknown, ...(isRemotes(remotes) ? [] : ['remotes'])];
}

function isMet(value: unknown, { required, min = 0, max = Infinity, pattern }: Demand): boolean {
  if (value === undefined) return required !== true;
  if (typeof value !== 'string') return false;
  return value.length >= min && value.length <= max && (pattern?.test(value) ?? true);
}

function isRemotes(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (remote: { type?: unknown; url?: unknown }) =>
        remote.type === 'streamable-http' &&
        typeof remote.url === 'string' &&
        URL.canParse(remote.url),
    )
  );
}
