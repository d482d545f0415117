import type { ServerVariable } from '../../../templates/src/runtime/api.js';
import type { Problem } from '../../errors.js';
import type { Json, JsonObject } from '../../load/document.js';
import { array, byCodeUnit, isObject, object, own, record, scalar, text } from '../../json.js';
import type { Operation } from '../operations/operations.js';
import {
  fill,
  lacksScheme,
  namesIn,
  queryOf,
  resolveTemplate,
  toBaseUrl,
  withoutQuery,
  withScheme,
} from './server-url.js';
import { variableNames } from './variables.js';

/** The server variables of the API, by name. */
export type ServerVariables = Readonly<Record<string, ServerVariable>>;

/** The document's definition of a variable: everything but its name in the environment. */
type Definition = Omit<ServerVariable, 'variable'>;

/** The base URL of the API: the chosen URL, or the first server of the document with its variables unchanged. */
export function planServers(
  root: JsonObject,
  documentUrl: string | undefined,
  chosen: string | undefined,
): {
  baseUrl?: string;
  query?: string | undefined;
  variables: ServerVariables;
  warnings: Problem[];
} {
  const server = firstServer(serversOf(root));
  const variables = nameVariables(definitionsOf(server));
  if (chosen !== undefined) return { baseUrl: chosen, variables, warnings: [] };
  const baseUrl = serverUrl(server, documentUrl, variables);
  if (baseUrl === undefined)
    return { variables, warnings: [noServer(server, absoluteIn(serversOf(root)))] };
  const { query, warnings } = fixedQuery(server, '#/servers/0');
  return { baseUrl, query, variables, warnings };
}

/** The first usable URL among the servers of a document. */
function absoluteIn(servers: Json): string | undefined {
  return usable(servers)[0]?.url;
}

/** A server of a document, with the defaults of its variables. */
export interface ListedServer {
  readonly url: string;
  readonly description?: string | undefined;
}

/** The servers of a document that have an absolute URL. */
export function listServers(root: JsonObject): ListedServer[] {
  return usable(serversOf(root));
}

function usable(servers: Json): ListedServer[] {
  return array(servers).flatMap((item) => {
    const server = object(item);
    const url = toBaseUrl(filled(server) ?? '');
    return url === undefined ? [] : [{ url, description: text(server['description']) }];
  });
}

function noServer(server: JsonObject, other: string | undefined): Problem {
  const written = filled(server);
  const isHost = lacksScheme(written ?? '');
  const proposed = isHost
    ? withScheme(written ?? '')
    : other && `${other}, another server of the document`;
  return {
    code: 'NO_SERVER',
    place: '#/servers',
    message: `${reasonOf(written, isHost, other)}, so the generated server needs UPSTREAM_BASE_URL.`,
    remedy:
      proposed === undefined
        ? 'Pass --base-url, or set UPSTREAM_BASE_URL for the server.'
        : `Pass --base-url ${proposed}, if that is the intended URL.`,
  };
}

function reasonOf(written: string | undefined, isHost: boolean, other: string | undefined): string {
  if (isHost) return `The server ${JSON.stringify(written)} has no scheme`;
  // A path is as common as no server, and a password is not repeated.
  const isShown = other !== undefined || !/^$|^[/.]|@/.test(written ?? '');
  return isShown
    ? `The first server, ${JSON.stringify(written ?? '')}, is not an absolute URL`
    : 'The document names no absolute server URL';
}

/** The URL of a server with the defaults of its variables. */
function filled(server: JsonObject): string | undefined {
  const definitions = definitionsOf(server);
  const url = text(server['url']);
  return url === undefined ? undefined : fill(url, (name) => own(definitions, name)?.default);
}

/** The query that a server needs with every request, and the part that cannot be sent. */
function fixedQuery(
  server: JsonObject,
  place: string,
): { query: string | undefined; warnings: Problem[] } {
  const definitions = definitionsOf(server);
  const url = text(server['url']) ?? '';
  const { query, lost } = queryOf(url, (name) => own(definitions, name)?.default);
  if (lost === undefined) return { query, warnings: [] };
  const warning = {
    code: 'SERVER_QUERY',
    place,
    message: `${lost} of the server ${JSON.stringify(url)} is not sent.`,
    remedy: 'If the API needs it, add it to the paths with --overlay.',
  };
  return { query, warnings: [warning] };
}

// OpenAPI 3.1, OpenAPI Object: without servers, it is the one that the document came from.
function serversOf({ servers }: JsonObject): Json {
  return array(servers).length === 0 ? [{ url: '/' }] : (servers ?? []);
}

/** The destination of requests for an operation with its own servers. */
export interface OperationServer {
  readonly url?: string | undefined;
  readonly query?: string;
  readonly warnings: readonly Problem[];
}

/**
 * The base URL of an operation that has its own servers, or whose path has them. It shares the API's variables if both
 * define them alike; others keep their defaults.
 */
export function operationServer(
  { definition, pathItem, place }: Operation,
  base: string | undefined,
  variables: ServerVariables,
): OperationServer {
  const servers = [definition, pathItem].map((holder) => firstServer(holder['servers']));
  const server = servers.find((one) => serverUrl(one, base, variables) !== undefined);
  const unusable = servers.find(
    (one) => hasHost(filled(one) ?? '') && serverUrl(one, base, variables) === undefined,
  );
  const lacking = unusable === undefined ? [] : [leftOut(filled(unusable) ?? '', place)];
  if (server === undefined) return { warnings: lacking };
  const { query, warnings } = fixedQuery(server, place);
  const url = serverUrl(server, base, variables);
  return { url, query: query ?? '', warnings: [...lacking, ...warnings] };
}

/** Whether a URL has a host of its own, with or without a scheme before it. */
function hasHost(url: string): boolean {
  return lacksScheme(url) || /^(?:[a-z][a-z\d+.-]*:)?\/\//i.test(url);
}

/** A user name and a password are not for a log. */
function withoutUser(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//');
}

function leftOut(url: string, place: string): Problem {
  const isHost = lacksScheme(url);
  const proposed = withScheme(url);
  return {
    code: 'SERVER_LEFT_OUT',
    place,
    message: isHost
      ? `The server ${JSON.stringify(url)} has no scheme and is not used.`
      : `The server ${JSON.stringify(withoutUser(url))} is not used: it is not a complete http or https URL.`,
    remedy: isHost
      ? `Change it to ${proposed} with --overlay, or pass --base-url ${proposed}.`
      : 'Correct it with --overlay. Until then, requests go to the server of the document.',
  };
}

/** The variables that occur in one of the URLs; undefined when none does. */
export function usedVariables(
  variables: ServerVariables,
  urls: readonly (string | undefined)[],
): ServerVariables | undefined {
  const names = [...new Set(urls.flatMap((url) => namesIn(url ?? '')))].sort(byCodeUnit);
  const used = record(names.map((name) => [name, own(variables, name)] as const));
  return Object.keys(used).length === 0 ? undefined : used;
}

/** The document's descriptions of the variables of its first server, by name. */
export function describeVariables(root: JsonObject): Record<string, string> {
  const declared = Object.entries(object(firstServer(serversOf(root))['variables']));
  return record(
    declared.map(([name, value]) => [name, text(object(value)['description'])] as const),
  );
}

function firstServer(servers: Json | undefined): JsonObject {
  return array(servers).find(isObject) ?? {};
}

/** Declared variables, and those that only occur in the URL: they need a value too. */
function definitionsOf(server: JsonObject): Readonly<Record<string, Definition>> {
  const declared = object(server['variables']);
  const names = [...Object.keys(declared), ...namesIn(text(server['url']) ?? '')];
  return record([...new Set(names)].map((name) => [name, define(object(own(declared, name)))]));
}

/** A variable must have a default; if it is missing, the first of its values is used. */
function define(variable: JsonObject): Definition {
  const listed = array(variable['enum']).flatMap((item) => scalar(item) ?? []);
  const value = scalar(variable['default']) ?? listed[0];
  // A brace in a value would be read as one of the template.
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
  if (url === undefined || lacksScheme(filled(server) ?? '')) return undefined;
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

/** A sample value for a variable without one, to check whether the URL can be valid: a number is even a valid port. */
function sample(name: string, urls: readonly (string | undefined)[]): string {
  if (urls.some((url) => url?.startsWith(`{${name}}://`))) return 'https';
  return urls.some((url) => url?.startsWith(`{${name}}`)) ? 'https://1.example' : '1';
}
