import type { Parameter } from '../../../templates/src/runtime/api.js';
import type { Problem } from '../../errors.js';
import { isHeaderName, isSettableHeader } from './headers.js';
import { templateNames, type PathTemplate } from '../operations/path-template.js';

/** Where a parameter may be (OpenAPI 3.2, Parameter Object). */
export const PLACES = ['path', 'query', 'querystring', 'header', 'cookie'] as const;

type Fault = Pick<Problem, 'message' | 'remedy'>;

/** Why a parameter is left out, and what to do about it; undefined where it is not. */
export function faultOf(
  name: string | undefined,
  place: Parameter['in'] | undefined,
  template: PathTemplate,
): Fault | undefined {
  if (name === undefined)
    return {
      message: 'A parameter without a name is left out.',
      remedy: 'Name it in the document, or with --overlay.',
    };
  if (place === undefined)
    return {
      message: `The parameter ${name} is left out: its "in" is not one of ${PLACES.join(', ')}.`,
      remedy: 'State where it is sent with --overlay.',
    };
  if (place === 'path' && !isPlaced(name, template))
    return {
      message: `The path parameter ${name} is left out: the path has no {${name}}.`,
      remedy: `Write {${name}} into the path with --overlay, or declare it in query if it is sent there.`,
    };
  return place === 'header' ? headerFault(name) : undefined;
}

function isPlaced(name: string, { template, queries }: PathTemplate): boolean {
  return queries.has(name) || templateNames(template).includes(name);
}

function headerFault(name: string): Fault | undefined {
  if (!isHeaderName(name))
    return {
      message: `The header ${name} is left out: HTTP does not allow such a name of a header.`,
      remedy: 'Correct its name in the document, or with --overlay.',
    };
  if (isSettableHeader(name)) return undefined;
  return {
    message: `The header ${name} is left out: a caller must not set it.`,
    remedy: remedyFor(name.toLowerCase()),
  };
}

function remedyFor(header: string): string {
  if (header === 'cookie')
    return 'Describe its values as cookie parameters, or as security schemes, with --overlay.';
  // The two that an operator may set and a caller may not.
  if (header === 'origin' || header === 'referer')
    return 'Set it in UPSTREAM_HEADERS when the server runs, if the API needs it.';
  return 'Remove it with --overlay: the connection, a proxy or this server sets it.';
}
