import type { Api, Json, ScopeAlternatives, Tool, ToolAnnotations } from './api.js';

/** A custom tool that is not an operation of the API: `call` has to implement it. */
export interface OwnTool {
  /** `^[a-z0-9_-]{1,64}$` */
  readonly name: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly inputSchema: Tool['inputSchema'];
  /** What a token needs to call it; if empty, a valid token is enough. */
  readonly scopes: ScopeAlternatives;
}

/** The API without a tool and its scopes. Like the other functions here, it throws if there is none. @throws Error */
export function hideTool(api: Api, name: string): Api {
  const tool = find(api, name);
  const { [name]: _, ...scopes } = api.scopes;
  return { ...api, tools: api.tools.filter((other) => other !== tool), scopes };
}

/** The API with a tool that has another name or description. Its operation and its scopes stay the same. */
export function changeTool(
  api: Api,
  name: string,
  change: Partial<Pick<Tool, 'name' | 'title' | 'description' | 'annotations' | 'confirm'>>,
): Api {
  const changed = { ...find(api, name), ...change };
  if (changed.name !== name) refuseTaken(api, changed.name);
  const { [name]: scopes, ...others } = api.scopes;
  return {
    ...api,
    tools: api.tools.map((tool) => (tool.name === name ? changed : tool)),
    // A tool without an entry is refused, and must not get one that any token satisfies.
    scopes: { ...others, ...(scopes && { [changed.name]: scopes }) },
  };
}

/** The API with a custom tool. */
export function addTool(api: Api, { scopes, ...tool }: OwnTool): Api {
  refuseTaken(api, tool.name);
  // No method: a call that custom code does not handle must fail rather than reach the API.
  const request = { method: '', path: '/' };
  return {
    ...api,
    tools: [...api.tools, { ...tool, request }],
    scopes: { ...api.scopes, [tool.name]: scopes },
  };
}

function find(api: Api, name: string): Tool {
  const tool = api.tools.find((candidate) => candidate.name === name);
  if (tool === undefined) throw new Error(`There is no tool ${name}`);
  return tool;
}

function refuseTaken(api: Api, name: string): void {
  if (Object.hasOwn(api.scopes, name)) throw new Error(`There is already a tool ${name}`);
}

/**
 * The arguments of a tool as a type, for custom code: `ArgumentsOf<typeof listPets>`. It covers as much of the tool's
 * input schema as a type can express: bounds and patterns are left out, and unsupported schemas are any JSON.
 */
export type ArgumentsOf<T extends Tool> = Of<T['inputSchema'], T['inputSchema']>;

type Of<S, Root> = S extends { readonly $ref: `#/$defs/${infer Name}` }
  ? Of<Definition<Root, Name>, Root>
  : S extends { readonly const: infer Value }
    ? Value
    : S extends { readonly enum: readonly (infer Value)[] }
      ? Value
      : S extends { readonly allOf: infer Parts extends readonly unknown[] }
        ? Typed<S, Root> & All<Parts, Root>
        : S extends { readonly anyOf: readonly (infer Part)[] }
          ? Typed<S, Root> & Each<Part, Root>
          : S extends { readonly oneOf: readonly (infer Part)[] }
            ? Typed<S, Root> & Each<Part, Root>
            : Typed<S, Root>;

type Definition<Root, Name extends string> = Root extends {
  readonly $defs: Readonly<Record<Name, infer Found>>;
}
  ? Found
  : true;

type Each<Part, Root> = Part extends unknown ? Of<Part, Root> : never;

type All<Parts extends readonly unknown[], Root> = Parts extends readonly [
  infer First,
  ...infer Rest,
]
  ? Of<First, Root> & All<Rest, Root>
  : unknown;

type Typed<S, Root> = S extends { readonly type: readonly (infer Name)[] }
  ? ByName<Name, S, Root>
  : S extends { readonly type: infer Name }
    ? ByName<Name, S, Root>
    : S extends { readonly properties: unknown }
      ? ObjectOf<S, Root>
      : S extends
            { readonly anyOf: unknown } | { readonly oneOf: unknown } | { readonly allOf: unknown }
        ? unknown
        : Json;

type ByName<Name, S, Root> = Name extends 'string'
  ? string
  : Name extends 'number' | 'integer'
    ? number
    : Name extends 'boolean'
      ? boolean
      : Name extends 'null'
        ? null
        : Name extends 'array'
          ? (S extends { readonly items: infer Items } ? Of<Items, Root> : Json)[]
          : Name extends 'object'
            ? ObjectOf<S, Root>
            : Json;

type ObjectOf<S, Root> = S extends { readonly properties: infer Properties }
  ? {
      [Key in keyof Properties as Key extends Required<S> ? Key : never]: Of<Properties[Key], Root>;
    } & {
      [Key in keyof Properties as Key extends Required<S> ? never : Key]?: Of<
        Properties[Key],
        Root
      >;
    }
  : S extends { readonly additionalProperties: infer Member extends object }
    ? Record<string, Of<Member, Root>>
    : Record<string, Json>;

type Required<S> = S extends { readonly required: readonly (infer Key)[] } ? Key : never;
