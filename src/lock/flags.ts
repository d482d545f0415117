/**
 * The flags that decide a project, by their names on the command line without the dashes, in the order in which they
 * are written; and what each of them takes: a text, one of a few words, or several texts.
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
  'output-schemas': ['all', 'none'],
  target: ['node', 'workers'],
} as const;

type FlagName = keyof typeof flagKinds;

type Value<Kind> = Kind extends 'text'
  ? string
  : Kind extends 'list'
    ? readonly string[]
    : Kind extends readonly (infer Word)[]
      ? Word
      : never;

/**
 * The value of each flag; absent: not given. Headers, which may be secrets, are not among them, and neither is
 * `--allow-private`, which is trust in a document that only the person at the command line can grant.
 */
export type RecordedFlags = { readonly [Name in FlagName]?: Value<(typeof flagKinds)[Name]> };
