import { childOf, type Json } from '../json.js';

/** A format that is mistaken for OpenAPI, and how to get from it to an OpenAPI document. */
export type OtherFormat = readonly [name: string, remedy: string];

const convert = 'Convert it to OpenAPI, for example with api-spec-converter.';
const other = 'Use the OpenAPI document of the HTTP API, if it has one.';

/** By a field that other documents do not have. */
const byField: readonly (readonly [field: string, name: string, remedy: string])[] = [
  ['asyncapi', 'an AsyncAPI document', other],
  ['overlay', 'an OpenAPI Overlay', 'Pass it with --overlay, and the document with --url.'],
  ['arazzo', 'an Arazzo description', 'Use the document that its sourceDescriptions name.'],
  ['swaggerVersion', 'a Swagger 1 document', convert],
  ['discoveryVersion', 'a Google API discovery document', convert],
  ['openrpc', 'an OpenRPC document', other],
  ['__schema', 'a GraphQL schema', other],
];

/** The format of a document without a version of OpenAPI, if it is a known one. */
export function formatOf(value: Json): OtherFormat | undefined {
  const schema = childOf(childOf(value, 'info'), 'schema');
  if (typeof schema === 'string' && schema.includes('postman'))
    return ['a Postman collection', 'Convert it to OpenAPI, for example with postman-to-openapi.'];
  const has = (holder: Json | undefined, field: string) => childOf(holder, field) !== undefined;
  const found = byField.find(([field]) => has(value, field) || has(childOf(value, 'data'), field));
  return found && [found[1], found[2]];
}

/** By a line that no OpenAPI document has. */
const byLine: readonly (readonly [line: RegExp, format: OtherFormat])[] = [
  [/^#%RAML /, ['RAML', convert]],
  [/^(extend )?(type|interface|input|enum|schema)\b[^:\n]*\{\s*$/m, ['a GraphQL schema', other]],
  [/^syntax\s*=\s*"proto\d/m, ['a protobuf definition', other]],
  [/^<{7} /m, ['a file with conflict markers of git', 'Resolve the conflict first.']],
];

/** The format of a text that is not OpenAPI, if it is a known one. */
export function formatOfText(text: string): OtherFormat | undefined {
  return byLine.find(([line]) => line.test(text))?.[1];
}
