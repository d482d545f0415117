import type { Json, JsonObject, Report } from '../document.js';
import type { Kind } from '../grammar.js';
import { formatPointer } from '../../pointer.js';
import { hoistDeepReferences } from './hoist-deep.js';
import { childOf } from '../../json.js';
import { stringsOf } from '../json.js';
import { upgradeOperations } from './swagger-operations.js';
import { upgradeParameter, isPayload } from './swagger-parameter.js';
import { upgradeResponse } from './swagger-response.js';
import { upgradeSecuritySchemes } from './swagger-security.js';
import { serversOf } from './swagger-servers.js';
import { childrenOf, visitReferences } from '../walk.js';

/** Fields that have new places in 3.x. */
const moved = new Set(
  'swagger host basePath schemes consumes produces definitions parameters responses securityDefinitions'.split(
    ' ',
  ),
);

/**
 * Makes a 2.0 document a 3.0 one. Of the libraries that do this, @scalar/openapi-upgrader loses the enum, default
 * and items of form fields, leaves references to body parameters among the parameters, lets the document's
 * `produces` win over the operation's, forgets discriminators, and throws at extensions of a path item; none of
 * which can be mended afterwards.
 */
export function upgradeSwagger(document: JsonObject, url: URL, report: Report): JsonObject {
  hoistDeepReferences(document);
  upgradeOperations(document, report);
  const result: JsonObject = { openapi: '3.0.4' };
  for (const [key, value] of Object.entries(document)) if (!moved.has(key)) result[key] = value;
  const servers = serversOf(document, url);
  if (servers.length > 0) result['servers'] = servers;
  result['components'] = componentsOf(document, report);
  visitReferences(result, (value) => {
    value.$ref = value.$ref.replace(
      /^#\/(definitions|parameters|responses|securityDefinitions)\//,
      renamed,
    );
  });
  return result;
}

function renamed(_: string, section: string): string {
  return `#/components/${newSections.get(section) ?? section}/`;
}

const newSections = new Map([
  ['definitions', 'schemas'],
  ['securityDefinitions', 'securitySchemes'],
]);

function componentsOf(document: JsonObject, report: Report): JsonObject {
  const produces = stringsOf(childOf(document, 'produces')) ?? [];
  const schemes = entriesOf(document, 'securityDefinitions', 'securitySchemes');
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
    securitySchemes: upgradeSecuritySchemes(schemes, report),
  };
  const used = Object.entries(sections).filter(([, entries]) => entries.length > 0);
  return Object.fromEntries(used.map(([name, list]) => [name, Object.fromEntries(list)]));
}

function entriesOf(document: JsonObject, section: string, kind: Kind): [string, Json][] {
  return childrenOf(document[section] ?? null, kind).map(([name, value]) => [name, value]);
}
