import type { Document } from '../load/document.js';
import { record } from '../json.js';
import type { RecordedFlags } from '../lock/flags.js';
import type { PlanOptions } from './types.js';

/** The flag of each option. Every option must be listed here; otherwise a project could not be regenerated. */
const flagOf = {
  name: 'name',
  auth: 'auth',
  oauthServer: 'oauth-server',
  resourceUrl: 'resource-url',
  baseUrl: 'base-url',
  icon: 'icon',
  scopes: 'scopes',
  tools: 'tools',
  pin: 'pin',
  include: 'include',
  exclude: 'exclude',
  readOnly: 'read-only',
  outputSchemas: 'output-schemas',
  target: 'target',
} as const satisfies Readonly<Record<keyof PlanOptions, keyof RecordedFlags>>;

type Value = string | true | readonly string[];

/** The flags that regenerate the same project. */
export function flagsOf(
  { source, overlays }: Document,
  options: PlanOptions,
): RecordedFlags & { readonly url: string } {
  const chosen = Object.entries(flagOf).map(
    ([option, flag]) => [flag, options[option as keyof PlanOptions]] as const,
  );
  const given: (readonly [string, Value | false | undefined])[] = [
    ['overlay', overlays],
    ...chosen,
  ];
  const isEmpty = (value: unknown) =>
    value === false || (Array.isArray(value) && value.length === 0);
  return { url: source, ...record(given.filter(([, value]) => !isEmpty(value))) };
}

/** The arguments of this program that regenerate the same project. */
export function commandOf(document: Document, options: PlanOptions): string[] {
  const given = Object.entries<Value>(flagsOf(document, options));
  return [
    'generate',
    ...given.flatMap(([flag, value]) =>
      value === true ? `--${flag}` : [value].flat().flatMap((text) => [`--${flag}`, text]),
    ),
  ];
}
