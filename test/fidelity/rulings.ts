import type { Json, Tool } from '../../templates/src/runtime/api.js';
import type { Difference } from './compare.js';
import { cookieHeader, plain, queryPieces } from './expected.js';

/** A kind of difference that is not our fault, and the reason. */
export interface Ruling {
  readonly kind: string;
  readonly reason: string;
  readonly applies: (
    difference: Difference,
    tool: Tool,
    args: Readonly<Record<string, Json>>,
  ) => boolean;
}

/** The first match counts. */
export const rulings: readonly Ruling[] = [
  {
    kind: '`Accept: */*` where swagger-client sends no such header',
    reason: 'Both ask for any type (RFC 9110 section 12.5.1); the document names none.',
    applies: ({ part, name, ours, theirs }) =>
      part === 'header' && name === 'accept' && ours === '"*/*"' && theirs === 'nothing',
  },
  {
    kind: '`Accept` with more types, or in another order',
    reason: 'JSON comes first, which models read best; the response `default` counts too.',
    applies: ({ part, name, ours, theirs }) =>
      part === 'header' &&
      name === 'accept' &&
      (theirs === 'nothing' || typesOf(theirs).every((type) => typesOf(ours).includes(type))),
  },
  {
    kind: "`'()*` and what is reserved, percent-encoded or not",
    reason:
      'The same to every parser of queries and forms (RFC 3986 section 2.4); the apostrophe would be encoded by URL parsers anyway.',
    applies: ({ part, ours, theirs }) =>
      (part === 'query' || part === 'body') && decoded(ours) === decoded(theirs),
  },
  {
    kind: 'A query with `allowReserved`',
    reason:
      'swagger-client leaves `#` and `&` of the value as they are, which end the parameter; OpenAPI 3.1.1 makes it our duty to encode them.',
    applies: (difference, tool, args) => {
      const { parameters = [] } = tool.request;
      const isReserved = parameters.some(({ allowReserved }) => allowReserved === true);
      return difference.part === 'query' && isReserved && isCutShort(difference, tool, args);
    },
  },
  {
    kind: 'Headers beyond ASCII',
    reason:
      'Both mean the same text; ours is already what Node writes, a byte for each character, which is UTF-8. fetch refuses the other.',
    applies: ({ part, ours, theirs }) =>
      part === 'header' && ours === Buffer.from(theirs, 'utf8').toString('latin1'),
  },
  {
    kind: 'Several cookies, and lists and objects in cookies',
    reason:
      'swagger-client keeps the last one only, does not explode (the default of style `form`), and escapes other characters.',
    applies: ({ part, name, ours }, tool, args) =>
      part === 'header' && name === 'cookie' && ours === JSON.stringify(cookieHeader(tool, args)),
  },
  {
    kind: 'Lists in `deepObject`',
    reason:
      'OpenAPI leaves them undefined. Ours have indices in brackets, as Stripe, PHP and qs read them; swagger-client repeats the name.',
    applies: ({ part, ours, theirs }) =>
      (part === 'query' || part === 'body') &&
      ours.search(INDEX) >= 0 &&
      decoded(ours.replaceAll(INDEX, '')) === decoded(theirs),
  },
  {
    kind: 'Objects in style `pipeDelimited` or `spaceDelimited`',
    reason:
      'OpenAPI has `R%7C100%7CG%7C200` (Style Examples); swagger-client writes commas, as in style `form`.',
    applies: ({ part, ours, theirs }) =>
      (part === 'query' || part === 'body') &&
      ours.replace(/\||%7C|%20| /g, ',') === theirs.replace(/\||%7C|%20| /g, ','),
  },
  {
    kind: 'Lists in a multipart form',
    reason:
      'Each item is a separate part (OpenAPI 3.1, Encoding Object); swagger-client joins them with commas.',
    applies: ({ part, ours, theirs }, { request: { body } }) =>
      part === 'body' &&
      body?.mediaType.startsWith('multipart/') === true &&
      fieldsOf(ours).every(
        ({ name, values }) =>
          values.length < 2 ||
          theirs.replaceAll('aGVsbG8=', 'hello').includes(JSON.stringify([name, values.join(',')])),
      ),
  },
  {
    kind: 'Files as bytes',
    reason:
      'The argument is base64, and the bytes it stands for are sent; swagger-client is handed a Blob for that, and sends a string as it is.',
    applies: ({ part, ours, theirs }) =>
      part === 'body' && theirs.replaceAll('aGVsbG8=', 'hello') === ours,
  },
  {
    kind: 'An object in a path, style `label`, not exploded',
    reason:
      'OpenAPI 3.0.4 and 3.1.1 write `.R,100,G,200` (Style Examples, corrected); swagger-client has dots, as 3.0.3 had.',
    applies: ({ part, ours, theirs }, { request: { parameters = [] } }) =>
      part === 'path' &&
      parameters.some(({ style, explode }) => style === 'label' && explode !== true) &&
      ours.replaceAll(',', '.') === theirs.replaceAll(',', '.'),
  },
  {
    kind: 'Refused: nothing in the place of a path segment',
    reason: 'An empty segment is another resource of the API, or none.',
    applies: ({ part, ours }) =>
      part === 'refused' && ours.includes('is part of the path: it must not be empty'),
  },
  {
    kind: 'Refused: a form that is not an object',
    reason:
      'The document says nothing of the fields, so that the sampler gives a text, which no form can hold.',
    applies: ({ part, ours }) =>
      part === 'refused' && ours.includes('must be an object with the fields of the form'),
  },
  {
    kind: 'swagger-client demands `Accept`, `Content-Type` or `Authorization` as arguments',
    reason: 'Parameters of these names are ignored (OpenAPI 3.1, Parameter Object).',
    applies: ({ part, theirs }) =>
      part === 'refused' && /Required parameter (Accept|Content-Type|Authorization) /i.test(theirs),
  },
  {
    kind: 'A body that is `false`, `0` or empty',
    reason: 'It is a JSON value like any other; swagger-client takes it for none.',
    applies: ({ part, name, ours, theirs }, _, { body }) =>
      !body &&
      ((part === 'body' && theirs === 'nothing') ||
        (part === 'header' && name === 'content-type' && ours !== 'nothing')),
  },
];

/**
 * The effect of `&` and `#` in a value on a query: ours is intact, theirs ends there or continues as other parameters.
 */
function isCutShort(
  { name, ours, theirs }: Difference,
  { request: { parameters = [] } }: Tool,
  args: Readonly<Record<string, Json>>,
): boolean {
  const parameter = parameters.find((one) => one.in === 'query' && one.name === name);
  const [piece = ''] = JSON.parse(theirs) as string[];
  if (parameter !== undefined) return ours === JSON.stringify(queryPieces(parameter, args));
  const rests = Object.values(args).flatMap((value) => plain(value).split(/[&#]/).slice(1));
  return ours === '[]' && rests.includes(decoded(piece));
}

const INDEX = /(?:\[|%5B)\d+(?:\]|%5D)/gi;

function typesOf(list: string): string[] {
  return list.replaceAll('"', '').split(', ').sort();
}

/** The parts of a form by their names. */
function fieldsOf(text: string): { name: string; values: string[] }[] {
  const parts = JSON.parse(text) as [string, string][];
  const names = [...new Set(parts.map(([name]) => name))];
  return names.map((name) => ({
    name,
    values: parts.filter(([own]) => own === name).map(([, value]) => value),
  }));
}

/** Percent-encoding as a parser decodes it; a query of pairs keeps its separators. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (triplets) => {
    try {
      return decodeURIComponent(triplets);
    } catch {
      return triplets;
    }
  });
}

/** The ruling for a difference; undefined if none applies. */
export function rulingFor(
  difference: Difference,
  tool: Tool,
  args: Readonly<Record<string, Json>>,
): Ruling | undefined {
  return rulings.find(({ applies }) => applies(difference, tool, args));
}
