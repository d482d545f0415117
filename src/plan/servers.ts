import type { ServerVariable } from '../../templates/src/runtime/api.js';
import type { Problem } from '../errors.js';
import type { Json, JsonObject } from '../load/document.js';
import { array, byCodeUnit, isObject, object, own, record, scalar, text } from '../json.js';
import type { Operation } from './operations.js';
import { fill, namesIn, resolveTemplate, toBaseUrl, withoutQuery } from './server-url.js';
import { variableNames } from './variables.js';

/** The server variables of the API, by name. */
export type ServerVariables = Readonly<Record<string, ServerVariable>>;

/** What a document says of a variable: all but the name it has in the environment. */
type Definition = Omit<ServerVariable, 'variable'>;

/** Where the API is: the chosen URL, or the first server of the document with its variables as they stand there. */
export function planServers(
  root: JsonObject,
  documentUrl: string | undefined,
  chosen: string | undefined,
): { baseUrl?: string; variables: ServerVariables; warnings: Problem[] } {
  const server = firstServer(serversOf(root));
  const variables = nameVariables(definitionsOf(server));
  const baseUrl = chosen ?? serverUrl(server, documentUrl, variables);
  if (baseUrl !== undefined) return { baseUrl, variables, warnings: [] };
  return {
    variables,
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

/**
 * The base URL of an operation that has servers of its own, or whose path has. It shares the API's variables where it
 * defines them alike; others have their defaults.
 */
export function operationServer(
  { definition, pathItem }: Operation,
  base: string | undefined,
  variables: ServerVariables,
): string | undefined {
  return (
    serverUrl(firstServer(definition['servers']), base, variables) ??
    serverUrl(firstServer(pathItem['servers']), base, variables)
  );
}

/** Those of the variables that stand in one of the URLs; undefined when none does. */
export function usedVariables(
  variables: ServerVariables,
  urls: readonly (string | undefined)[],
): ServerVariables | undefined {
  const names = [...new Set(urls.flatMap((url) => namesIn(url ?? '')))].sort(byCodeUnit);
  const used = record(names.map((name) => [name, own(variables, name)] as const));
  return Object.keys(used).length === 0 ? undefined : used;
}

/** What the document says for people of the variables of its first server, by name. */
export function describeVariables(root: JsonObject): Record<string, string> {
  const declared = Object.entries(object(firstServer(serversOf(root))['variables']));
  return record(
    declared.map(([name, value]) => [name, text(object(value)['description'])] as const),
  );
}

function firstServer(servers: Json | undefined): JsonObject {
  return array(servers).find(isObject) ?? {};
}

/** Those that are declared, and those that only stand in the URL: they need a value all the same. */
function definitionsOf(server: JsonObject): Readonly<Record<string, Definition>> {
  const declared = object(server['variables']);
  const names = [...Object.keys(declared), ...namesIn(text(server['url']) ?? '')];
  return record([...new Set(names)].map((name) => [name, define(object(own(declared, name)))]));
}

/** A variable must have a default; where it lacks one, the first of its values will do. */
function define(variable: JsonObject): Definition {
  const listed = array(variable['enum']).flatMap((item) => scalar(item) ?? []);
  const value = scalar(variable['default']) ?? listed[0];
  // A brace in a value would be taken for one of the template.
  const usable = value === undefined || /[{}]/.test(value) ? undefined : value;
  const values = [...new Set([...listed, ...(usable === undefined ? [] : [usable])])];
  return {
    ...(usable !== undefined && { default: usable }),
    ...(listed.length > 0 && { values }),
  };
}

function nameVariables(definitions: Readonly<Record<string, Definition>>): ServerVariables {
  const names = variableNames('UPSTREAM_SERVER_', Object.keys(definitions));
  return record(
    Object.entries(definitions).map(([name, definition]) => [
      name,
      { variable: names.get(name) ?? '', ...definition },
    ]),
  );
}

function serverUrl(
  server: JsonObject,
  base: string | undefined,
  variables: ServerVariables,
): string | undefined {
  const url = text(server['url']);
  if (url === undefined) return undefined;
  const definitions = definitionsOf(server);
  const isShared = (name: string) => alike(own(variables, name), own(definitions, name));
  const template = fill(withoutQuery(url), (name) =>
    isShared(name) ? undefined : own(definitions, name)?.default,
  );
  if (!namesIn(template).every(isShared)) return undefined;
  const defaultOf = (name: string) => own(variables, name)?.default;
  const open = resolveTemplate(
    template,
    base,
    (name) => defaultOf(name) ?? sample(name, [template, base]),
  );
  if (open !== undefined && namesIn(open).length > 0) return open;
  return toBaseUrl(fill(template, defaultOf), base === undefined ? base : fill(base, defaultOf));
}

function alike(a: Definition | undefined, b: Definition | undefined): boolean {
  const essence = ({ default: value, values }: Definition) => JSON.stringify([value, values]);
  return a !== undefined && b !== undefined && essence(a) === essence(b);
}

/** Some value for a variable that has none, to see whether the URL can be one: a number may stand even as a port. */
function sample(name: string, urls: readonly (string | undefined)[]): string {
  if (urls.some((url) => url?.startsWith(`{${name}}://`))) return 'https';
  return urls.some((url) => url?.startsWith(`{${name}}`)) ? 'https://1.example' : '1';
}
