import type {
  SecurityRequirement,
  SecurityScheme,
  Tool,
} from '../../../templates/src/runtime/api.js';
import type { JsonObject } from '../../load/document.js';
import { byCodeUnit, isObject, object, own, text } from '../../json.js';
import { resolve } from '../reference.js';
import { describeVariables } from '../servers/servers.js';

/** What a person has to know to let a project call its API; the running server has no use for it. */
export interface UpstreamNotes {
  /** Whether calls need credentials: `some` do, `none` does as the document says itself, or that is `unsaid`. */
  readonly asked: 'some' | 'none' | 'unsaid';
  /** The schemes that tools ask for or, where that is unsaid, all; in code unit order of their names. */
  readonly schemes: readonly SchemeNote[];
  /** The names of schemes that tools ask for and no variable can satisfy. */
  readonly others: readonly string[];
  /** What the document says of its server variables, by name. */
  readonly serverVariables: Readonly<Record<string, string>>;
}

/** One security scheme that variables can satisfy. */
export interface SchemeNote {
  readonly name: string;
  readonly scheme: SecurityScheme;
  /** With the others that are needed, every tool can be called; what is not needed is one of the alternatives. */
  readonly needed: boolean;
  /** It has the flow of that name: a client can get its tokens without a user. */
  readonly clientCredentials: boolean;
  /** In the document's words. */
  readonly description?: string;
}

type Schemes = Readonly<Record<string, SecurityScheme>>;

/** Collects what the tools that are generated need, and what the document says of it. */
export function noteUpstream(
  root: JsonObject,
  schemes: Schemes,
  tools: readonly Tool[],
): UpstreamNotes {
  const requirements = tools.map(({ request }) => request.security);
  const named = new Set(requirements.flatMap((ways) => (ways ?? []).flatMap(Object.keys)));
  const asked =
    named.size > 0 ? 'some' : requirements.some((ways) => ways === undefined) ? 'unsaid' : 'none';
  const listed = (asked === 'unsaid' ? Object.keys(schemes) : [...named]).sort(byCodeUnit);
  const described = listed.flatMap((name) => describe(root, name, own(schemes, name)) ?? []);
  const needed = neededNames(requirements, described);
  const known = new Set(described.map(({ name }) => name));
  return {
    asked,
    schemes: described.map((note) => ({ ...note, needed: needed.has(note.name) })),
    others: listed.filter((name) => !known.has(name)),
    serverVariables: describeVariables(root),
  };
}

type Described = Omit<SchemeNote, 'needed'>;

function describe(
  root: JsonObject,
  name: string,
  scheme: SecurityScheme | undefined,
): Described | undefined {
  const satisfiable = scheme?.type !== 'http' || ['basic', 'bearer'].includes(scheme.scheme);
  if (scheme === undefined || !satisfiable) return undefined;
  const declared = object(object(root['components'])['securitySchemes']);
  const definition = resolve(root, own(declared, name));
  const description = text(definition['description']);
  const flow = object(definition['flows'])['clientCredentials'];
  return {
    name,
    scheme,
    clientCredentials: scheme.type === 'oauth2' && isObject(flow),
    ...(description !== undefined && { description }),
  };
}

/**
 * Names of schemes with which every tool can be called. Tools that can be called in one way come first: what they
 * need may be one of the ways of others. Of several, the first counts that lasts without a user who logs in.
 */
function neededNames(
  requirements: readonly (readonly SecurityRequirement[] | undefined)[],
  described: readonly Described[],
): Set<string> {
  const notes = new Map(described.map((found) => [found.name, found]));
  const lasts = (names: string[]) => names.every((name) => needsNoUser(notes.get(name)));
  const choices = requirements
    .map((ways) => (ways ?? []).map(Object.keys))
    .filter((ways) => ways.every((names) => names.length > 0))
    .map((ways) => ways.filter((names) => names.every((name) => notes.has(name))))
    .sort((a, b) => a.length - b.length);
  const needed = new Set<string>();
  for (const ways of choices) {
    if (ways.some((names) => names.every((name) => needed.has(name)))) continue;
    for (const name of ways.find(lasts) ?? ways[0] ?? []) needed.add(name);
  }
  return needed;
}

function needsNoUser(found: Described | undefined): boolean {
  return (
    found?.clientCredentials === true ||
    !['oauth2', 'openIdConnect'].includes(found?.scheme.type ?? '')
  );
}
