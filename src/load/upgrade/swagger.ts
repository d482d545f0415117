import { isLoopback } from '../../../templates/src/runtime/http.js';
import type { Json, JsonObject, Report } from '../document.js';
import type { Kind } from '../grammar.js';
import { array, childOf, isObject, object, record, text, texts } from '../../json.js';
import { formatPointer, parsePointer, targetOf } from '../../pointer.js';
import { isWeb } from '../read/location.js';
import { childrenOf, isReference, visit } from '../walk.js';
import { hoistDeepReferences } from './hoist-deep.js';
import { hasSwaggerParameters, upgradeOperations, upgradeResponse } from './swagger-operations.js';
import { isPayload, upgradeParameter } from './swagger-parameters.js';

/** Fields with a new place in 3.x. */
const moved = new Set(
  'swagger host basePath schemes consumes produces definitions parameters responses securityDefinitions'.split(
    ' ',
  ),
);

/** Whether a 3.x document has fields or parameters of 2.0, as after a change of nothing but its version. */
export function hasSwaggerParts(document: JsonObject): boolean {
  return [...moved].some((key) => document[key] !== undefined) || hasSwaggerParameters(document);
}

/**
 * Converts a 2.0 document, or the parts of one in a 3.x document, into a 3.0 one. The library
 * @scalar/openapi-upgrader 0.1.11 (the last for Node 20) loses the enum, default and items of form fields, leaves
 * references to body parameters among the parameters, lets the document's `produces` win over the operation's, forgets
 * discriminators, and throws on extensions of a path item. None of that can be fixed afterwards.
 */
export function upgradeSwagger(document: JsonObject, url: URL, report: Report): JsonObject {
  hoistDeepReferences(document);
  upgradeOperations(document, report);
  const result: JsonObject = { openapi: '3.0.4' };
  for (const [key, value] of Object.entries(document)) if (!moved.has(key)) result[key] = value;
  const servers = serversOf(document, url);
  if (array(result['servers']).length === 0 && servers.length > 0) result['servers'] = servers;
  result['components'] = { ...object(result['components']), ...componentsOf(document, report) };
  visit(result, (value, kind) => {
    if (isReference(value)) value.$ref = moveReference(document, value.$ref);
    if (kind !== 'mapping' || !isObject(value)) return;
    for (const [key, target] of Object.entries(value))
      if (typeof target === 'string') value[key] = moveReference(document, target);
  });
  return result;
}

/** A reference into a section of 2.0, to where that is in 3.x; any other is unchanged. */
function moveReference(document: JsonObject, reference: string): string {
  return reference.replace(
    /^#\/(definitions|parameters|responses|securityDefinitions)\/([^/]*)/,
    (_, section: string, escaped: string) => {
      const [name = ''] = parsePointer(`/${escaped}`) ?? [];
      return `#/components/${sectionOf(section)}/${escaped}${suffixOf(document, section, name)}`;
    },
  );
}

function sectionOf(section: string): string {
  return newSections.get(section) ?? section;
}

/** What a name of 2.0 gets at its end when 3.x has an object of that name in the same document: they stay two. */
function suffixOf(document: JsonObject, section: string, name: string): string {
  const later = childOf(document['components'], sectionOf(section));
  // Security requirements have names, not references: there both are the same scheme.
  if (section === 'securityDefinitions' || childOf(later, name) === undefined) return '';
  let suffix = '_';
  while ([later, document[section]].some((one) => childOf(one, name + suffix) !== undefined))
    suffix += '_';
  return suffix;
}

const newSections = new Map([
  ['definitions', 'schemas'],
  ['securityDefinitions', 'securitySchemes'],
]);

function componentsOf(document: JsonObject, report: Report): JsonObject {
  const produces = texts(childOf(document, 'produces'));
  const sections = {
    schemas: entriesOf(document, 'definitions', 'schemas'),
    parameters: entriesOf(document, 'parameters', 'parameters')
      .filter(([, value]) => !isPayload(value))
      .map(([name, value]) => [
        name,
        upgradeParameter(value, formatPointer(['parameters', name]), report),
      ]),
    responses: entriesOf(document, 'responses', 'responses').map(([name, value]) => [
      name,
      upgradeResponse(value, produces),
    ]),
    securitySchemes: entriesOf(document, 'securityDefinitions', 'securitySchemes').map(
      ([name, scheme]) => [name, upgradeScheme(name, scheme, report)],
    ),
  };
  const used = Object.entries(sections).filter(([, entries]) => entries.length > 0);
  return Object.fromEntries(used.map(([name, list]) => [name, Object.fromEntries(list)]));
}

/** The entries of a section, where 2.0 has it and where 3.x has it. */
function entriesOf(document: JsonObject, section: string, kind: Kind): [string, Json][] {
  const later = childOf(document['components'], sectionOf(section)) ?? null;
  const own = childrenOf(document[section] ?? null, kind).map(([name, value]): [string, Json] => [
    name + suffixOf(document, section, name),
    value,
  ]);
  return [...own, ...childrenOf(later, kind).map(([name, value]): [string, Json] => [name, value])];
}

/**
 * The servers that `host`, `basePath` and `schemes` of a 2.0 document describe. Without a host the server is the one
 * that the document came from, and its URL is relative. https comes first, since the first server is used.
 */
function serversOf(document: JsonObject, url: URL): JsonObject[] {
  const base = basePathOf(document);
  const template = object(childOf(document, 'x-ms-parameterized-host'));
  if (text(template['hostTemplate'])) return hostsOf(template, document, url, base);
  const host = childOf(document, 'host');
  if (typeof host !== 'string' || host === '') return base === '' ? [] : [{ url: base }];
  return schemesOf(document, url, hostIn(host)).map((scheme) => ({
    url: `${scheme}://${hostIn(host)}${base}`,
  }));
}

/**
 * The servers that `x-ms-parameterized-host` describes, in place of `host`: a template, whose parameters become server
 * variables (Azure AutoRest, "Swagger Extensions").
 */
function hostsOf(template: JsonObject, document: JsonObject, url: URL, base: string): JsonObject[] {
  const host = text(template['hostTemplate']) ?? '';
  const starts =
    template['useSchemePrefix'] === false
      ? [host.replace(/\/+$/, '')]
      : schemesOf(document, url, host).map((scheme) => `${scheme}://${hostIn(host)}`);
  const variables = array(template['parameters']).map((item): [string, Json | undefined] => {
    const parameter = object(isReference(item) ? targetOf(document, item.$ref) : item);
    const name = text(parameter['name']);
    return [name ?? '', name && parameter];
  });
  return starts.map((start) => ({ url: start + base, variables: record(variables) }));
}

/** A host without the scheme and the slash of the URL that some authors write there. */
function hostIn(host: string): string {
  return host.replace(/^[a-z]+:\/\//i, '').replace(/\/+$/, '');
}

function basePathOf(document: JsonObject): string {
  const base = childOf(document, 'basePath');
  if (typeof base !== 'string' || /^\/*$/.test(base)) return '';
  return base.startsWith('/') ? base : `/${base}`;
}

/**
 * Defaults to the scheme of the document's own URL; for a file to https, because credentials must not be sent in the
 * clear, but on this machine to http.
 */
function schemesOf(document: JsonObject, url: URL, host: string): string[] {
  const stated = texts(childOf(document, 'schemes'));
  const usable = ['https', 'http'].filter((scheme) => stated.includes(scheme));
  if (usable.length > 0) return usable;
  if (isWeb(url)) return [url.protocol.slice(0, -1)];
  return [isLoopback(host.replace(/:\d+$/, '')) ? 'http' : 'https'];
}

/** Upgrades a security definition of a 2.0 document. */
function upgradeScheme(name: string, scheme: Json, report: Report): Json {
  if (!isObject(scheme)) return scheme;
  if (scheme['type'] !== 'oauth2' || isObject(scheme['flows'])) return scheme;
  const { flow, authorizationUrl, tokenUrl, scopes, ...rest } = scheme;
  const renamed = flows.get(typeof flow === 'string' ? flow : '');
  if (renamed === undefined) report(unknownFlow(name));
  const details = {
    ...(authorizationUrl !== undefined && { authorizationUrl }),
    ...(tokenUrl !== undefined && { tokenUrl }),
    scopes: isObject(scopes) ? scopes : {},
  };
  return { ...rest, flows: renamed === undefined ? {} : { [renamed]: details } };
}

const flows = new Map([
  ['implicit', 'implicit'],
  ['password', 'password'],
  ['application', 'clientCredentials'],
  ['accessCode', 'authorizationCode'],
]);

function unknownFlow(name: string) {
  return {
    code: 'UNKNOWN_FLOW',
    message: 'The OAuth flow does not exist in OpenAPI 2.0 and is ignored.',
    place: `#/securityDefinitions/${name}/flow`,
    remedy: 'Use implicit, password, application or accessCode.',
  };
}
