import type {
  SecurityRequirement,
  SecurityScheme,
  Tool,
} from '../../../templates/src/runtime/api.js';
import type { JsonObject } from '../../load/document.js';
import { byCodeUnit, isObject, object, own, text } from '../../json.js';
import { resolve } from '../../pointer.js';
import { describeVariables, listServers, type ListedServer } from '../servers/servers.js';

/** What an operator needs to know before a project can call its API; the running server does not use it. */
export interface UpstreamNotes {
  /**
   * Whether calls need credentials: `some` do, `none` do according to the document, or the document leaves it
   * `unsaid`.
   */
  readonly asked: 'some' | 'none' | 'unsaid';
  /** The schemes that tools need, or all of them when unsaid, in code unit order of their names. */
  readonly schemes: readonly SchemeNote[];
  /** The names of schemes that tools need but no variable can satisfy. */
  readonly others: readonly string[];
  /** The document's descriptions of its server variables, by name. */
  readonly serverVariables: Readonly<Record<string, string>>;
  /** The document's servers: the first is the default, and the others may be for tests or other regions. */
  readonly servers: readonly ListedServer[];
}

/** One security scheme that variables can satisfy. */
interface SchemeNote {
  readonly name: string;
  readonly scheme: SecurityScheme;
  /** With the other needed schemes, every tool can be called; a scheme that is not needed is an alternative. */
  readonly needed: boolean;
  /** The scheme has that flow: a client can get tokens without a user. */
  readonly clientCredentials: boolean;
  /** From the document. */
  readonly description?: string;
}

type Schemes = Readonly<Record<string, SecurityScheme>>;

/** Collects the credentials that the generated tools need, and the document's descriptions of them. */
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
    servers: listServers(root),
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
 * Names of schemes that are enough to call every tool. Tools with only one alternative come first: their schemes may
 * also satisfy others. Of several alternatives, the first that works without a user signing in is used.
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
