/**
 * The flags that determine a project, by their names on the command line without the dashes, in the order in which they
 * are written, with the type of each: a text, one of a few words, several texts, or a switch.
 */
export const flagKinds = {
  url: 'text',
  overlay: 'list',
  name: 'text',
  auth: ['none', 'oauth2'],
  'oauth-server': 'text',
  'resource-url': 'text',
  'base-url': 'text',
  icon: 'text',
  scopes: ['spec', 'method', 'none'],
  tools: ['all', 'search'],
  pin: 'list',
  include: 'list',
  exclude: 'list',
  'read-only': 'switch',
  'output-schemas': ['all', 'none'],
  target: ['node', 'workers'],
} as const;

type FlagName = keyof typeof flagKinds;

type Value<Kind> = Kind extends 'text'
  ? string
  : Kind extends 'list'
    ? readonly string[]
    : Kind extends 'switch'
      ? true
      : Kind extends readonly (infer Word)[]
        ? Word
        : never;

/**
 * The value of each flag; undefined: not given. Headers are not included, because they may be secrets. Neither is
 * `--allow-private`, because only the user at the command line can decide to trust a document.
 */
export type RecordedFlags = { readonly [Name in FlagName]?: Value<(typeof flagKinds)[Name]> };
