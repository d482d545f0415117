/**
 * The flags that decide a project, by their names on the command line without the dashes, in the order in which they
 * are written; and what each of them takes: a text, one of a few words, several texts, or nothing.
 */
export const flagKinds = {
  url: 'text',
  overlay: 'list',
  'allow-private': 'switch',
  name: 'text',
  auth: ['none', 'oauth2'],
  'oauth-server': 'text',
  'resource-url': 'text',
  'base-url': 'text',
  scopes: ['spec', 'method', 'none'],
  include: 'list',
  exclude: 'list',
} as const;

type FlagName = keyof typeof flagKinds;

type Value<Kind> = Kind extends 'text'
  ? string
  : Kind extends 'list'
    ? readonly string[]
    : Kind extends readonly (infer Word)[]
      ? Word
      : true;

/** What was said of each flag; absent: nothing. Headers, which may be secrets, are not among them. */
export type RecordedFlags = { readonly [Name in FlagName]?: Value<(typeof flagKinds)[Name]> };
