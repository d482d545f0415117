/**
 * The contract between a generated project and the generator: everything that varies from one OpenAPI
 * document to the next is a value of these types, and everything else is the code beside this file.
 */

export type Json = string | number | boolean | null | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

/** A JSON value that is part of a constant, with lists that the compiler treats as read-only. */
export type ConstantJson =
  Exclude<Json, object> | readonly ConstantJson[] | { readonly [key: string]: ConstantJson };

/**
 * A self-contained JSON Schema 2020-12: no `$id`, and every `$ref` points into its own `$defs`. Its members are
 * JSON, but not typed as such: the compiler gives up on comparing deeply nested values with a recursive type.
 */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One upstream API, and how it is offered as an MCP server. */
export interface Api {
  /** The MCP server's name: `^[a-z0-9-]{1,64}$`. */
  readonly name: string;
  readonly title: string;
  readonly version: string;
  /** The purpose of the API; part of the server's instructions. */
  readonly description?: string;
  /** A page for people, advertised as `resource_documentation` (RFC 9728 section 2). */
  readonly documentation?: string;
  /** An https URL of a picture that clients show beside the server's name (MCP, Icon). */
  readonly icon?: string;
  /** Who may call this server over HTTP: callers with an access token, or any caller that can reach it. */
  readonly authentication: 'oauth2' | 'none';
  /** Default of `OAUTH_AUTHORIZATION_SERVER`: the issuer, byte for byte. */
  readonly authorizationServer?: string;
  /** Default of `MCP_RESOURCE_URL`. */
  readonly resourceUrl?: string;
  /** Default of `UPSTREAM_BASE_URL`, with `{name}` for server variables; absent without an absolute server. */
  readonly baseUrl?: string;
  /** The variables in the URLs of the document's servers, by name (OpenAPI 3.1, Server Variable Object). */
  readonly serverVariables?: Readonly<Record<string, ServerVariable>>;
  /** How the upstream API authenticates requests, by the name in its document. */
  readonly securitySchemes: Readonly<Record<string, SecurityScheme>>;
  /** The scopes of every tool, by tool name. */
  readonly scopes: Readonly<Record<string, ScopeAlternatives>>;
  /** Scopes that include others (`x-mcp.implies`); `OAUTH_SCOPE_IMPLIES` adds to them. */
  readonly implies?: Readonly<Record<string, readonly string[]>>;
  /** Default of `MCP_TOOLS`: each operation as a tool (the default), or three tools that find and call them. */
  readonly toolMode?: 'all' | 'search';
  /** Custom names for those three. */
  readonly searchTools?: Partial<Record<'find' | 'read' | 'write', string>>;
  /** In code unit order of their names. */
  readonly tools: readonly Tool[];
}

/** What a token needs to call a tool: every scope of one alternative. If empty, a valid token is enough. */
export type ScopeAlternatives = readonly (readonly string[])[];

/** One `{name}` in the URL of a server. */
export interface ServerVariable {
  /** The environment variable that chooses a value. */
  readonly variable: string;
  /** If absent, a value must be chosen. */
  readonly default?: string;
  /** The values to choose from; if absent, any value is allowed. */
  readonly values?: readonly string[];
}

/** How the upstream API authenticates its callers (OpenAPI 3.1, Security Scheme Object). */
export type SecurityScheme =
  | {
      readonly type: 'apiKey';
      readonly in: 'header' | 'query' | 'cookie';
      readonly name: string;
      /** The environment variable that holds the key. */
      readonly variable: string;
    }
  | {
      readonly type: 'http';
      /** In lower case. Only `basic` and `bearer` can be satisfied. */
      readonly scheme: string;
    }
  | { readonly type: 'oauth2'; readonly tokenUrl?: string }
  | { readonly type: 'openIdConnect'; readonly openIdConnectUrl: string }
  | { readonly type: 'mutualTLS' };

/** Schemes that must all be satisfied; the scopes are those that the upstream's own tokens need. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>;

export interface Tool {
  /** `^[a-z0-9_-]{1,64}$`, unique in the API. */
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  /** Root `type: "object"`; its properties are the arguments. */
  readonly inputSchema: JsonSchema & { readonly type: 'object' };
  /**
   * Members of its responses, maybe not all: the tool takes the argument `fields`. Absent if the responses are
   * small, or if the API has such a parameter itself.
   */
  readonly fields?: readonly string[];
  /**
   * The schema of structured results; if absent, results are text. A single member `result` holds a response that is
   * not an object.
   */
  readonly outputSchema?: JsonSchema & { readonly type: 'object' };
  readonly request: RequestShape;
  /** The document says `security: []`: callers without a token may call it if `MCP_PUBLIC_TOOLS` allows that. */
  readonly isPublic?: true;
  /** Listed as a separate tool besides the three of `toolMode: 'search'`. */
  readonly pinned?: boolean;
  /** Whether the user confirms each call, and the question: `Delete item {id}?`. If absent, `MCP_CONFIRM` decides. */
  readonly confirm?: boolean | string;
}

/** Hints to the client (MCP specification, ToolAnnotations); all four are always stated. */
export interface ToolAnnotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** How the arguments of a tool become one HTTP request. */
export interface RequestShape {
  /** In upper case. */
  readonly method: string;
  /** The path template as the document spells it, below the base URL: `/pets/{petId}`. */
  readonly path: string;
  /** An absolute base URL for this operation, instead of the API's; may contain server variables too. */
  readonly server?: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: Body;
  /** Response headers that the document describes, as it spells them; results report them. */
  readonly responseHeaders?: readonly string[];
  /** The `Accept` header; `application/json` is preferred if the document lists several types. */
  readonly accept?: string;
  /**
   * Alternatives, in the document's order. Absent if the document does not say. If it is empty, or has an empty
   * alternative, the operation may be called without credentials.
   */
  readonly security?: readonly SecurityRequirement[];
}

/** OpenAPI 3.2, Parameter Object. Absent members have the defaults of the specification. */
export interface Parameter {
  /** The name on the wire. */
  readonly name: string;
  /** `querystring`: the value is the whole query, serialized according to `content`. */
  readonly in: 'path' | 'query' | 'querystring' | 'header' | 'cookie';
  /** The argument that carries the value, if it is not called `name`. */
  readonly argument?: string;
  /**
   * Default `form` for query and cookie, `simple` for path and header. `tabDelimited`, and the delimited ones
   * outside of queries, are for the `collectionFormat` of OpenAPI 2.0. `segments`: slashes of the value separate
   * segments of the path, as in `{+name}` (RFC 6570 section 3.2.3) and `{proxy+}`.
   */
  readonly style?:
    | 'simple'
    | 'segments'
    | 'label'
    | 'matrix'
    | 'form'
    | 'cookie'
    | 'spaceDelimited'
    | 'pipeDelimited'
    | 'tabDelimited'
    | 'deepObject';
  /** Default `true` for styles `form` and `cookie`, else `false`. */
  readonly explode?: boolean;
  readonly allowReserved?: boolean;
  /** The value is serialized as this media type, and style does not apply. */
  readonly content?: string;
  /** Sent if there is no argument: the document's default of what the API requires, or of its version. */
  readonly default?: ConstantJson;
}

/** A request body of one media type. */
export interface BodyShape {
  readonly mediaType: string;
  /** The argument is base64 or a data URI, and the body is the decoded bytes. */
  readonly binary?: boolean;
  /** By property, for form and multipart bodies (OpenAPI 3.2, Encoding By Name). */
  readonly encoding?: Readonly<Record<string, PartEncoding>>;
  /** By position, for multipart bodies that are lists (OpenAPI 3.2, Encoding By Position). */
  readonly prefixEncoding?: readonly PartEncoding[];
  /** For all items after those, or for the properties of an object that have no encoding. */
  readonly itemEncoding?: PartEncoding;
}

/** The request body, carried by the argument `body`. */
export interface Body extends BodyShape {
  /** Other media types it may have; the argument `content_type` selects one. */
  readonly others?: readonly BodyShape[];
  /** The argument `part_headers` carries headers of parts, as part, header, value. */
  readonly hasPartHeaders?: boolean;
}

export interface PartEncoding {
  /** Media types, or ranges of them, separated by commas. */
  readonly contentType?: string;
  /**
   * The property (or each of its items) is base64 or a data URI, sent as a file; `sometimes`: only a data URI is,
   * and any other string is text.
   */
  readonly file?: 'always' | 'sometimes';
  readonly style?: 'form' | 'spaceDelimited' | 'pipeDelimited' | 'tabDelimited' | 'deepObject';
  readonly explode?: boolean;
  readonly allowReserved?: boolean;
}

/**
 * The tools as a list. As arguments, each of them is checked on its own; in an array whose members all have different
 * types, the compiler compares every one with every other.
 */
export function toolList(...tools: readonly Tool[]): readonly Tool[] {
  return tools;
}

/** Methods that only read (RFC 9110 section 9.2.1). TRACE is never sent. */
export const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'QUERY'];

/** The own member of an object, never one that all objects inherit. */
export function own<T>(members: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** Distinguishes an object from every other JSON value. */
export function isObject(value: Json | undefined): value is JsonObject;
export function isObject(value: unknown): value is Record<string, unknown>;
export function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object, or one without members in the place of anything else. */
export function membersOf(value: unknown): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}

/** Listing the names of a wide object takes longer than looking at the first of them. */
const WIDE = 1000;
const wideKeys = new WeakMap<JsonObject, readonly string[]>();

/** The names of the members of an object that does not change, listed once. */
export function keysOf(object: JsonObject): readonly string[] {
  const known = wideKeys.get(object);
  if (known !== undefined) return known;
  const keys = Object.keys(object);
  if (keys.length > WIDE) wideKeys.set(object, keys);
  return keys;
}

/** The order of UTF-16 code units, the same on every machine and in every locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Groups items by key, in order of first appearance (`Map.groupBy`, which Node 20 lacks). */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The same text for equal JSON values, whatever the order of their members. */
export function canonical(value: Json): string {
  // A key `__proto__` is just a key: fromEntries defines properties.
  return JSON.stringify(value, (_, part: Json) =>
    isObject(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => byCodeUnit(a, b)))
      : part,
  );
}
