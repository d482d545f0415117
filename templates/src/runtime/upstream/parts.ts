import type { BodyShape, Json, JsonObject, PartEncoding } from '../api.js';
import { isObject } from '../json.js';
import { ArgumentError } from './arguments.js';
import { type Codec, expandUnnamed, items } from './expand.js';
import { readFileValue } from './file-value.js';
import { encodingOf, expandStyled, fields, fieldText, isStyled } from './form.js';
import { isReservedHeader } from './header.js';
import { isConcrete } from './media-type.js';
import type { Part } from './multipart.js';

const verbatim: Codec = { name: (text) => text, value: (text) => text };

/**
 * The parts of a multipart body that is an object; an array becomes a part for each item. `headers` are those of
 * single parts, by field.
 */
export function namedParts(body: BodyShape, value: Json, headers: JsonObject): Part[] {
  return fields(value).flatMap(([name, item]) => {
    const encoding = encodingOf(body, name);
    const own = partHeaders(name, headers[name]);
    const parts = isStyled(encoding)
      ? expandStyled(name, item, encoding, verbatim).map(([field, content]) => ({
          name: field,
          content,
        }))
      : (Array.isArray(item) ? items(item) : [item]).map((member) =>
          toPart(name, member, encoding),
        );
    return parts.map((part) => (own.length === 0 ? part : { ...part, headers: own }));
  });
}

/** The parts of a multipart body that is a list: their order counts, and they have no names. */
export function listParts(
  { prefixEncoding = [], itemEncoding = {} }: BodyShape,
  values: Json[],
): Part[] {
  return values.map((value, index) => {
    const {
      name: _,
      fileName: __,
      ...part
    } = toPart(`${index}`, value, prefixEncoding[index] ?? itemEncoding);
    return part;
  });
}

function toPart(name: string, value: Json, encoding: PartEncoding): Part {
  if (isFile(value, encoding)) return filePart(name, value, encoding);
  const contentType = typeof value === 'object' ? 'application/json' : undefined;
  const type = concreteType(encoding.contentType) ?? contentType;
  const content = fieldText(value, encoding);
  return { name, content, ...(type !== undefined && { contentType: type }) };
}

function isFile(value: Json, { file }: PartEncoding): boolean {
  if (file === 'always') return true;
  return file === 'sometimes' && typeof value === 'string' && /^data:/i.test(value);
}

function filePart(name: string, value: Json, encoding: PartEncoding): Part {
  const file = readFileValue(`body.${name}`, value);
  return {
    name,
    content: file.bytes,
    fileName: file.name ?? name,
    contentType: fileType(encoding.contentType, file.mediaType),
  };
}

/** The document's type when it names one; of several, or a range, the file's own. */
function fileType(documented: string | undefined, own: string | undefined): string {
  const single = documented?.includes(',') ? undefined : concreteType(documented);
  const fallback = concreteType(documented) ?? 'application/octet-stream';
  return single ?? (own !== undefined && isConcrete(own) ? own : fallback);
}

/** The first type of a comma-separated list that is no wildcard. */
function concreteType(list: string | undefined): string | undefined {
  return list
    ?.split(',')
    .map((type) => type.trim())
    .find(isConcrete);
}

/** Serialized like any header (style `simple`); what frames the part is this server's. */
function partHeaders(part: string, values: Json | undefined): [string, string][] {
  if (!isObject(values)) return [];
  return Object.entries(values)
    .filter(([name]) => !isReservedHeader(name) && name.toLowerCase() !== 'content-disposition')
    .map(([name, value]) => {
      const text = expandUnnamed(value, { explode: false, separator: ',', encode: (item) => item });
      if (/\p{Cc}/u.test(text) || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
        throw new ArgumentError(
          `The argument "part_headers.${part}" has a name or a value that no header can carry.`,
        );
      }
      return [name, text];
    });
}
