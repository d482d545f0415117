import { isObject, text, type Json } from '../json.js';
import type { Kind } from './grammar.js';

/** The words that a field of a Parameter Object may have, in OpenAPI 3 and 2.0. */
const words: Readonly<Record<string, readonly string[]>> = {
  in: 'path query querystring header cookie body formData'.split(' '),
  style: 'matrix label simple form spaceDelimited pipeDelimited deepObject cookie'.split(' '),
  collectionFormat: 'csv ssv tsv pipes multi'.split(' '),
  type: 'string number integer boolean array file'.split(' '),
};

/**
 * Many tools write the words of a parameter as their own constants: `Query`, `FORM`. A `querystring` has `content`
 * (OpenAPI 3.2, Parameter Object); without it, `query` is meant. The value is changed.
 */
export function correctCase(value: Json, kind: Kind): void {
  if (kind !== 'parameter' || !isObject(value)) return;
  for (const [field, known] of Object.entries(words)) {
    const written = text(value[field])?.trim().toLowerCase();
    const meant = known.find((word) => word.toLowerCase() === written);
    if (meant !== undefined) value[field] = meant;
  }
  if (value['in'] === 'querystring' && value['content'] === undefined) value['in'] = 'query';
}
