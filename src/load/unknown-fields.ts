import { nearest } from '../../templates/src/runtime/nearest.js';
import type { Problem } from '../errors.js';
import { isObject, type Json } from '../json.js';
import { formatPointer } from '../pointer.js';
import { grammar, type Kind } from './grammar.js';
import { isMethod } from './path-items.js';

/** How a kind is called, its fields without a kind of their own, and fields that no other one is mistaken for. */
const kinds: Partial<Record<Kind, readonly [name: string, fields: string, others?: string]>> = {
  root: ['the document', 'security host basePath', 'schemes consumes produces tags info'],
  components: ['components', ''],
  pathItem: ['a path', '', 'summary description'],
  operation: ['an operation', 'operationId security tags consumes produces', 'summary schemes'],
  parameter: ['a parameter', 'name required style explode', 'example title type format'],
  requestBody: ['a request body', 'required'],
  mediaType: ['a media type', '', 'example'],
};

interface Fields {
  readonly name: string;
  readonly structures: readonly string[];
  readonly known: readonly string[];
  /** The field that a key means, if it is not the key itself. Documents repeat the same few keys thousands of times. */
  readonly meanings: Map<string, string | undefined>;
}

const fieldsOf = new Map<Kind, Fields>();
for (const [kind, [name, fields, others = '']] of Object.entries(kinds)) {
  const structures = Object.keys(grammar[kind as Kind].fields ?? {});
  const known = [...structures, ...fields.split(' ').filter(Boolean)];
  const meanings = new Map([...known, ...others.split(' '), '$ref'].map((key) => [key, undefined]));
  fieldsOf.set(kind as Kind, { name, structures, known, meanings });
}

/** Problems of the fields of an object that OpenAPI does not have, but one with nearly the same name. */
export function unknownFields(value: Json, kind: Kind, path: readonly string[]): Problem[] {
  const fields = fieldsOf.get(kind);
  if (fields === undefined || !isObject(value)) return [];
  const { name, structures } = fields;
  return Object.keys(value).flatMap((key) => {
    const meant = meaningOf(key, fields);
    const isData = structures.includes(meant ?? '') && typeof value[key] !== 'object';
    // Operations under unknown methods are reported with the operations.
    if (meant === undefined || isData || isMethod(meant)) return [];
    return [unknownField(key, meant, name, formatPointer([...path, key]))];
  });
}

function meaningOf(key: string, { known, meanings }: Fields): string | undefined {
  if (key.startsWith('x-')) return undefined;
  if (!meanings.has(key)) meanings.set(key, nearest(key, known));
  return meanings.get(key);
}

function unknownField(key: string, meant: string, name: string, place: string): Problem {
  return {
    code: 'UNKNOWN_FIELD',
    place,
    message: `${JSON.stringify(key)} is not a field of ${name}; it is ignored.`,
    remedy: `Did you mean ${JSON.stringify(meant)}?`,
  };
}
