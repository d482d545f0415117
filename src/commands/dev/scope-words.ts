import { object, type JsonObject } from '../../json.js';
import { resolve } from '../../plan/reference.js';

/** The descriptions of scopes in a document (OpenAPI 3.1, OAuth Flow Object). */
export function scopeWords(root: JsonObject): Record<string, string> {
  const schemes = Object.values(object(object(root['components'])['securitySchemes']));
  const flows = schemes.flatMap((scheme) => Object.values(object(resolve(root, scheme)['flows'])));
  const scopes = flows.flatMap((flow) => Object.entries(object(object(flow)['scopes'])));
  return Object.fromEntries(
    scopes.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
