import fc from 'fast-check';

/** Texts that are difficult for a literal or a line break, many of them longer than a line. */
const text = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.string({
      unit: fc.constantFrom(...Array.from('abc d\'"`\\-_.:/{}[]()1')),
      maxLength: 30,
    }),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  {
    weight: 2,
    arbitrary: fc.string({
      unit: fc.constantFrom('a', 'é', 'e\u0301', '名', 'ｱ', '🐶', '👍🏽', '🇫🇮', '1\u20e3', '\u200d'),
      maxLength: 60,
    }),
  },
  { weight: 2, arbitrary: fc.integer({ min: 60, max: 130 }).map((length) => 'x'.repeat(length)) },
  fc.constantFrom('', '\u2028', '\ud800', '\u202e', 'a\nb\r\n\tc'),
);

/** Keys with lengths around the thresholds of the layout: quoted, computed and plain ones. */
const key = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.string({
      unit: fc.constantFrom(...Array.from('abcxyz_$')),
      minLength: 1,
      maxLength: 12,
    }),
  },
  // Prettier takes U+2E2F for a letter of a name, and no compiler does.
  { weight: 3, arbitrary: text.filter((one) => !one.includes('\u2e2f')) },
  fc.integer({ min: 80, max: 110 }).map((length) => 'k'.repeat(length)),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    '$ref',
    '0',
    '1.5',
    '-1',
    '1e21',
    '01',
    'a-b',
    '名',
    '',
    "'",
    '"',
  ),
);

const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1e21, 1.5e-7, 1e300, -1e300, 0.1),
);

const atom = fc.oneof({ weight: 4, arbitrary: text }, number, fc.boolean(), fc.constant(null));

/** JSON-like values, with the shapes that prettier treats specially. */
export const literals = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthIdentifier: 'literal' },
    atom,
    tie('object'),
    fc.array(tie('value'), { maxLength: 5, depthIdentifier: 'literal' }),
    fc.array(number, { maxLength: 40 }),
    fc.array(fc.array(atom, { maxLength: 3 }), { maxLength: 4 }),
    fc.array(fc.dictionary(key, atom, { maxKeys: 3, noNullPrototype: true }), { maxLength: 4 }),
    fc.array(fc.constantFrom([], {}), { maxLength: 3 }),
    fc.array(text, { maxLength: 8 }),
  ),
  object: fc.dictionary(key, fc.oneof(tie('value'), fc.constant(undefined)), {
    maxKeys: 6,
    noNullPrototype: true,
    depthIdentifier: 'literal',
  }),
})).object;
