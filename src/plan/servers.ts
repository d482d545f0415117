import type { Problem } from '../errors.js';
import type { Json, JsonObject } from '../load/document.js';
import { array, isObject, object, scalar, text } from '../json.js';
import type { Operation } from './operations.js';

/** The API's base URL: the chosen one, or the first server of the document with its variables' defaults. */
export function planBaseUrl(
  root: JsonObject,
  documentUrl: string | undefined,
  chosen: string | undefined,
): { baseUrl?: string; warnings: Problem[] } {
  const baseUrl = chosen ?? serverUrl(serversOf(root), documentUrl);
  if (baseUrl !== undefined) return { baseUrl, warnings: [] };
  return {
    warnings: [
      {
        code: 'NO_SERVER',
        place: '#/servers',
        message:
          'The document names no absolute server URL, so the generated server needs UPSTREAM_BASE_URL.',
        remedy: 'Pass --base-url, or set UPSTREAM_BASE_URL when it runs.',
      },
    ],
  };
}

// OpenAPI 3.1, OpenAPI Object: without servers, the one that the document came from.
function serversOf({ servers }: JsonObject): Json {
  return array(servers).length === 0 ? [{ url: '/' }] : (servers ?? []);
}

/** The base URL of an operation that has servers of its own, or whose path has. */
export function operationServer(
  { definition, pathItem }: Operation,
  documentUrl: string | undefined,
): string | undefined {
  return (
    serverUrl(definition['servers'], documentUrl) ?? serverUrl(pathItem['servers'], documentUrl)
  );
}

/** A variable must have a default; where it lacks one, the first of its values will do. */
function valueOf(variable: JsonObject): string | undefined {
  return scalar(variable['default']) ?? scalar(array(variable['enum'])[0]);
}

function serverUrl(servers: Json | undefined, documentUrl: string | undefined): string | undefined {
  const [server] = array(servers).filter(isObject);
  const template = text(server?.['url']);
  if (server === undefined || template === undefined) return undefined;
  const variables = object(server['variables']);
  const filled = template.replace(
    /\{([^{}]+)\}/g,
    (whole, name: string) => valueOf(object(variables[name])) ?? whole,
  );
  if (!URL.canParse(filled, documentUrl)) return undefined;
  const url = new URL(filled, documentUrl);
  const usable =
    ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
  return usable && !/[{}]/.test(filled)
    ? `${url.origin}${url.pathname.replace(/\/+$/, '')}`
    : undefined;
}
