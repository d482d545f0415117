import type { JsonObject, Report } from '../document.js';
import { isObject } from '../../json.js';
import { restoreWritten } from './restore.js';
import { upgradeSchema } from './upgrade-schema.js';
import { upgradeSwagger } from './swagger.js';
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
  const result = version === '2.0' ? upgradeSwagger(document, url, report) : document;
  result['openapi'] = '3.1.1';
  visit(result, (value, kind, path) => {
    if (kind === 'schema' && isObject(value)) upgradeSchema(value, version, path, report);
  });
  return result;
}
