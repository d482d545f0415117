import type { Json, Tool } from './api.js';

/**
 * The arguments of a tool as a type, for custom code: `ArgumentsOf<typeof listPets>`. It says what a type can say of
 * the tool's input schema; bounds and patterns are left out, and what is too odd is any JSON.
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
