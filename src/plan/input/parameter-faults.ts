import type { Parameter } from '../../../templates/src/runtime/api.js';
import { isHeaderName } from '../../../templates/src/runtime/http.js';
import type { Problem } from '../../errors.js';
import { isSettableHeader } from './headers.js';
import { templateNames, type PathTemplate } from '../operations/path-template.js';

/** The locations of parameters (OpenAPI 3.2, Parameter Object). */
export const PLACES = ['path', 'query', 'querystring', 'header', 'cookie'] as const;

type Fault = Pick<Problem, 'message' | 'remedy'>;

/** Why a parameter is skipped, and the remedy; undefined for a valid one. `sendsBytes`: of the body. */
export function faultOf(
  name: string | undefined,
  place: Parameter['in'] | undefined,
  template: PathTemplate,
  sendsBytes: boolean,
): Fault | undefined {
  if (name === undefined)
    return {
      message: 'A parameter without a name is skipped.',
      remedy: 'Name it in the document, or with --overlay.',
    };
  if (place === undefined)
    return {
      message: `The parameter ${name} is skipped: its "in" is not one of ${PLACES.join(', ')}.`,
      remedy: 'Set "in" with --overlay.',
    };
  if (place === 'path' && !isPlaced(name, template))
    return {
      message: `The path parameter ${name} is skipped: {${name}} is not in the path.`,
      remedy: `Add {${name}} to the path with --overlay, or declare it as a query parameter.`,
    };
  return place === 'header' ? headerFault(name, sendsBytes) : undefined;
}

function isPlaced(name: string, { template, queries }: PathTemplate): boolean {
  return queries.has(name) || templateNames(template).includes(name);
}

function headerFault(name: string, sendsBytes: boolean): Fault | undefined {
  if (!isHeaderName(name))
    return {
      message: `The header ${name} is skipped: HTTP does not allow that name.`,
      remedy: 'Correct its name in the document, or with --overlay.',
    };
  // A caller may have compressed a file. Text is compressed by nobody, whatever a header says.
  const isUntrue = name.toLowerCase() === 'content-encoding' && !sendsBytes;
  if (isSettableHeader(name) && !isUntrue) return undefined;
  return {
    message: `The header ${name} is skipped: callers must not set it.`,
    remedy: remedyFor(name.toLowerCase()),
  };
}

function remedyFor(header: string): string {
  if (header === 'cookie')
    return 'Describe its values as cookie parameters, or as security schemes, with --overlay.';
  // These two may be set by an operator but not by a caller.
  if (header === 'origin' || header === 'referer')
    return 'If the API needs it, set it in UPSTREAM_HEADERS.';
  return 'Remove it with --overlay: the connection, a proxy or this server sets it.';
}
