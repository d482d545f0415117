import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../src/json.js';
import { contentHash } from '../../src/load/content-hash.js';

const names = fc.oneof(fc.constantFrom('200', '1', '01', 'paths', ''), fc.string());
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 6 },
    fc.jsonValue({ maxDepth: 0 }),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value')),
  object: fc.dictionary(
    names.filter((name) => name !== '__proto__'),
    tie('value'),
  ),
}));

test('the hash is that of the whole document as JSON, with sorted members', () => {
  fc.assert(
    fc.property(json, (value) => {
      const whole = JSON.stringify(sorted(value as Json));
      expect(contentHash(value as Json)).toBe(createHash('sha256').update(whole).digest('hex'));
    }),
  );
});

/** `JSON.stringify` writes keys that are integers first, whatever the order in which they were added. */
function sorted(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).map(([key, child]) => [key, sorted(child)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
