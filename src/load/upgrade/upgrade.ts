import type { Json, JsonObject, Report } from '../document.js';
import { isObject, object, text } from '../../json.js';
import { resolve } from '../../pointer.js';
import { restoreWritten } from './restore.js';
import { upgradeSchema } from './upgrade-schema.js';
import { hasSwaggerParts, upgradeSwagger } from './swagger.js';
import type { Version } from '../version.js';
import { visit } from '../walk.js';

/**
 * Converts a document to 3.1. Only schemas changed between 3.0 and 3.1; those of newer documents are processed as
 * well, since many still say `nullable`. A 3.2 document is treated as a 3.1 document with additions, which it is. The
 * document is changed and returned.
 */
export function upgrade(
  document: JsonObject,
  version: Version,
  url: URL,
  report: Report,
): JsonObject {
  restoreWritten(document);
  repairSchemes(document);
  const isSwagger = version === '2.0' || hasSwaggerParts(document);
  const result = isSwagger ? upgradeSwagger(document, url, report) : document;
  result['openapi'] = '3.1.1';
  visit(result, (value, kind, path) => {
    if (kind === 'schema' && isObject(value)) upgradeSchema(value, version, path, report);
  });
  return result;
}

const schemeTypes = ['apiKey', 'http', 'oauth2', 'openIdConnect', 'mutualTLS'];

/** Documents write `apikey` and `Http`, and `bearer` or `basic` as a type. */
function repairSchemes(document: JsonObject): void {
  const { securitySchemes } = object(document['components']);
  const all = [securitySchemes, document['securityDefinitions']].map(object).flatMap(Object.values);
  for (const value of all as Json[]) {
    const scheme = resolve(document, value);
    const [type, place] = [scheme['type'], scheme['in']].map((one) => text(one)?.toLowerCase());
    const known = schemeTypes.find((one) => one.toLowerCase() === type);
    if (known !== undefined) scheme['type'] = known;
    if (place !== undefined) scheme['in'] = place;
    if (type === 'basic' || type === 'bearer')
      Object.assign(scheme, { type: 'http', scheme: type });
  }
}
