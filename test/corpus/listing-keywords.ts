import { isObject, type Json } from '../../templates/src/runtime/api.js';

/** Bytes of a schema, by what they are for. */
export type KeywordBytes = Readonly<Record<string, number>>;

const MAPS = new Set(['properties', '$defs', 'patternProperties']);
const LISTS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const SCHEMAS = new Set(['items', 'not', 'additionalProperties', 'if', 'then', 'else']);

const bytesOf = (value: Json) => Buffer.byteLength(JSON.stringify(value));

/** The bytes of a schema by keyword, those of the schemas inside of it with theirs; commas count for what they follow. */
export function keywordBytes(schema: Json): KeywordBytes {
  const sums: Record<string, number> = {};
  const add = (purpose: string, bytes: number) => (sums[purpose] = (sums[purpose] ?? 0) + bytes);
  const visit = (value: Json): void => {
    if (!isObject(value)) return void add('structure', bytesOf(value));
    add('structure', 2);
    for (const [keyword, held] of Object.entries(value)) visitOne(keyword, held);
  };
  const visitOne = (keyword: string, held: Json): void => {
    const parts = partsOf(keyword, held);
    if (parts === undefined) return void add(keyword, bytesOf(keyword) + bytesOf(held) + 2);
    add('structure', bytesOf(keyword) + 4);
    for (const [name, part] of parts) {
      if (name !== undefined) add('names', bytesOf(name) + 2);
      visit(part);
    }
  };
  visit(schema);
  return sums;
}

/** The schemas in a keyword, with their names if they have some; undefined where it holds none. */
function partsOf(keyword: string, held: Json): (readonly [string | undefined, Json])[] | undefined {
  if (MAPS.has(keyword) && isObject(held)) return Object.entries(held);
  if (LISTS.has(keyword) && Array.isArray(held))
    return held.map((one) => [undefined, one] as const);
  return SCHEMAS.has(keyword) && isObject(held) ? [[undefined, held]] : undefined;
}

/** The rows of a table of the keywords that take most, before and now: means over these documents. */
export function keywordRows(
  documents: readonly { readonly before: KeywordBytes; readonly after: KeywordBytes }[],
): string[] {
  const mean = (when: 'before' | 'after', keyword: string) =>
    documents.reduce((sum, one) => sum + (one[when][keyword] ?? 0), 0) / documents.length;
  const keywords = new Set(
    documents.flatMap(({ before, after }) => Object.keys({ ...before, ...after })),
  );
  const rows = [...keywords].map((keyword) => {
    const [old, now] = [mean('before', keyword), mean('after', keyword)];
    return { keyword, old, now };
  });
  return rows
    .filter(({ old, now }) => Math.max(old, now) >= 1.5)
    .sort((a, b) => b.old - a.old)
    .map(({ keyword, old, now }) => `| ${keyword} | ${old.toFixed(0)} | ${now.toFixed(0)} |`);
}
