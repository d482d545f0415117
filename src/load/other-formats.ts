import { array, childOf, text, type Json } from '../json.js';

/** A format that is mistaken for OpenAPI, and how to get from it to an OpenAPI document. */
export type OtherFormat = readonly [name: string, remedy: string];

const convert = 'Convert it to OpenAPI, for example with api-spec-converter.';
const other = 'Use the OpenAPI document of the HTTP API, if it has one.';

const insomnia = [
  'an Insomnia collection',
  'Export the design document of Insomnia instead.',
] as const;

/** By a field that other documents do not have. */
const byField: readonly (readonly [field: string, name: string, remedy: string])[] = [
  ['asyncapi', 'an AsyncAPI document', other],
  ['overlay', 'an OpenAPI Overlay', 'Pass it with --overlay, and the document with --url.'],
  ['arazzo', 'an Arazzo description', 'Use the document that its sourceDescriptions name.'],
  ['swaggerVersion', 'a Swagger 1 document', convert],
  ['discoveryVersion', 'a Google API discovery document', convert],
  ['openrpc', 'an OpenRPC document', other],
  ['__schema', 'a GraphQL schema', other],
  ['__export_format', ...insomnia],
  ['name_for_model', 'a plugin manifest of ChatGPT', 'Use the document that its api.url names.'],
  ['mcpServers', 'a configuration of an MCP client', other],
];

/** The format of a document without a version of OpenAPI, if it is a known one. */
export function formatOf(value: Json): OtherFormat | undefined {
  const schema = childOf(childOf(value, 'info'), 'schema');
  if (typeof schema === 'string' && schema.includes('postman'))
    return ['a Postman collection', 'Convert it to OpenAPI, for example with postman-to-openapi.'];
  if (childOf(childOf(value, 'log'), 'entries') !== undefined) return ['a HAR file', other];
  if (/\bjson-schema\.org\b/.test(text(childOf(value, '$schema')) ?? ''))
    return ['a JSON Schema', other];
  const listed = firstListed(value);
  if (listed !== undefined)
    return ['a list of documents', `Use the URL of one of them, such as ${listed}.`];
  const has = (holder: Json | undefined, field: string) => childOf(holder, field) !== undefined;
  const found = byField.find(([field]) => has(value, field) || has(childOf(value, 'data'), field));
  return found && [found[1], found[2]];
}

/** The first document of Swagger UI's configuration (`urls`), or of springfox's `/swagger-resources`. */
function firstListed(value: Json): string | undefined {
  const isConfig = childOf(value, 'configUrl') !== undefined;
  const all = isConfig ? [value] : Array.isArray(value) ? value : array(childOf(value, 'urls'));
  const named = all.flatMap((one) => [childOf(one, 'url'), childOf(one, 'location')]);
  return named.map(asLocation).find((one) => one !== '');
}

/** A path or URL, if it can be shown; else empty. */
function asLocation(value: Json | undefined): string {
  return /^[\w./:?=&%~+-]{1,200}$/.exec(text(value) ?? '')?.[0] ?? '';
}

/** The formats of XML, by their root element or namespace. */
const byElement: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [/schemas\.xmlsoap\.org\/wsdl|www\.w3\.org\/ns\/wsdl/, `This is WSDL. ${other}`],
  [
    /<edmx:Edmx\b/,
    'This is metadata of OData. Convert it to OpenAPI, for example with odata-openapi3.',
  ],
  [/\bwadl\.dev\.java\.net\b/, `This is WADL. ${convert}`],
];

/** Attributes and options that name the document in pages of Swagger UI, Redoc, RapiDoc, Scalar and Stoplight. */
const NAMED =
  /\b(?:spec-url|data-url|data-spec-url|apiDescriptionUrl|specUrl|url)["']?\s*[=:]\s*["']([^"']*)["']/gi;

/** The remedy for a web page or XML, with the document that a page of API documentation shows. */
export function remedyForMarkup(markup: string): string {
  const start = markup.slice(0, 200_000);
  const format = byElement.find(([pattern]) => pattern.test(start.slice(0, 5000)));
  if (format !== undefined) return format[1];
  const named = [...start.matchAll(NAMED)].map(([, location]) => asLocation(location));
  const document = named.find((one) => one !== '' && !/\.(js|css|png|svg|ico)$/.test(one));
  return document === undefined
    ? 'Use the URL of the document behind the page, often /openapi.json, /v3/api-docs or /swagger.json. If this is a sign-in page, send credentials with --header.'
    : `Use the URL of the document behind the page, which names ${document}.`;
}

/** By a line that no OpenAPI document has. */
const byLine: readonly (readonly [line: RegExp, format: OtherFormat])[] = [
  [/^#%RAML /, ['RAML', convert]],
  [/^(extend )?(type|interface|input|enum|schema)\b[^:\n]*\{\s*$/m, ['a GraphQL schema', other]],
  [/^syntax\s*=\s*"proto\d/m, ['a protobuf definition', other]],
  [
    /^FORMAT: *1A\b/m,
    ['an API Blueprint', 'Convert it to OpenAPI, for example with apib2swagger.'],
  ],
  [
    /^using (TypeSpec|Azure)\.\w|^import "@typespec\//m,
    ['TypeSpec', 'Compile it to OpenAPI with tsp.'],
  ],
  [/^\$version: *"\d/m, ['a Smithy model', 'Convert it to OpenAPI with the Smithy command line.']],
  [/^type: *collection\.insomnia\b/m, insomnia],
  [/^meta \{\s*$/m, ['a request of Bruno', other]],
  [/^`{3}/m, ['Markdown', 'Save only the lines between the lines that begin with ```.']],
  [/^<{7} /m, ['a file with conflict markers of git', 'Resolve the conflict first.']],
];

/** The format of a text that is not OpenAPI, if it is a known one. */
export function formatOfText(text: string): OtherFormat | undefined {
  return byLine.find(([line]) => line.test(text))?.[1];
}
