import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../templates/src/runtime/api.js';
import { leanText } from '../../src/plan/tools/lean-text.js';

describe('a description for models', () => {
  test.each<[string, string, string]>([
    ['paragraphs of HTML', '<p>One.</p> <p class="a">Two.</p>', 'One.\n\nTwo.'],
    ['marks of HTML', 'A <b>big</b> <code>pet</code><br/>here', 'A big `pet`\nhere'],
    ['lists of HTML', '<p>Of:</p> <ul> <li> <p>a</p> </li> <li>b</li> </ul>', 'Of:\n- a\n- b'],
    ['links of HTML', 'See <a href="https://a.example/x">the list</a>.', 'See the list.'],
    ['entities of HTML', '<p>max &gt; 0 &amp;lt;</p>', 'max > 0 &lt;'],
    ['targets of links', 'See [the list](https://a.example/x).', 'See the list.'],
    ['targets in the same site', 'See [here](/docs#list) or [this](#x).', 'See here or this.'],
    ['pictures', '![A pet](pet.png "Pet")', 'A pet'],
    ['bold letters', '**Note**: is **not** kept', 'Note: is not kept'],
    ['gaps', 'One.  Two.  \nThree. \n\n\n\nFour.\n', 'One. Two.\nThree.\n\nFour.'],
    ['lines of Windows', 'One.\r\nTwo.', 'One.\nTwo.'],
    [
      'the start of a shortened list',
      'One:<ul><li>a</li><li>b … (shortened)',
      'One:\n- a\n- b … (shortened)',
    ],
  ])('omits %s', (_, text, expected) => {
    expect(leanText(text)).toBe(expected);
  });

  test.each<[string, string]>([
    ['placeholders', 'At /v1/<b>/<id>, <a> and </c>'],
    ['comparisons', 'a < b, and b > c'],
    ['elements of XML', '<Name>any</Name>'],
    ['entities in plain text', 'Send &lt; for <'],
    ['code', 'Use `[a](https://a.example)  <b>x</b> **y**`'],
    ['blocks of code', '```\nif  (a)   [b](/c)\n\n\n\n```\nsends `a`'],
    ['the target of a link without a name', 'See [here](https://a.example/x).'],
    ['regular expressions', 'Matches ([a-z]([a-z0-9-]{0,61})$)'],
    ['brackets', '[JobQuery.filters] (see below)'],
    ['stars', '`*` or *.* for all, 2 ** 3 ** 4'],
    ['a sample of XML', 'An order:\n\nXML like this:\n<order>\n  <b>any</b>  <i/>\n</order>'],
    ['indented lists', 'Of:\n\n  * a\n    - b\n\n| a  | b  |'],
  ])('keeps %s', (_, text) => {
    expect(leanText(text)).toBe(text);
  });

  test('takes no longer for a hostile text', () => {
    for (const part of ['<p ', '[a](', '**a', '( ', '`', '<p>\n- ', 'default  ', 'one of a,'])
      expect(leanText(part.repeat(20_000)).length).toBeGreaterThan(0);
  });
});

describe('a description that repeats its schema', () => {
  test.each<[string, string, JsonObject]>([
    ['Pets. Default: 10.', 'Pets.', { default: 10 }],
    ['Pets (default `10`) of all', 'Pets of all', { default: 10 }],
    ['Defaults to "asc". Order.', 'Order.', { default: 'asc' }],
    ['Order\n\nThe default value is false.', 'Order', { default: false }],
    ['Kind. Possible values: `a`, `b` or `c`.', 'Kind.', { enum: ['a', 'b', 'c'] }],
    ['Kind (one of a|b)', 'Kind', { enum: ['a', 'b'] }],
    ['Kinds. Must be one of: 1, 2', 'Kinds.', { items: { enum: [1, 2] } }],
    ['Size. Maximum: 50. Minimum: 1.', 'Size.', { maximum: 50, minimum: 1 }],
    ['Size. Max length 5 characters', 'Size.', { maxLength: 5 }],
  ])('%j is %j', (text, expected, schema) => {
    expect(leanText(text, { schema })).toBe(expected);
  });

  test.each<[string, JsonObject]>([
    ['Pets. Default: 10.', {}],
    ['Pets. Default: 10.', { default: 20 }],
    ['Default is the first page.', { default: 1 }],
    ['Defaults to 10 for lists.', { default: 10 }],
    ['Possible values: a, b.', { enum: ['a', 'b', 'c'] }],
    ['Possible values: a, b, c.', { enum: ['a', 'b'] }],
    ['One of `a` (the first) or `b`.', { enum: ['a', 'b'] }],
    ['Maximum: 50 at a time.', { maximum: 50 }],
    ['Maximum: 50.', { maximum: 100 }],
    ['Required. A pet.', {}],
    ['Optional. A pet.', {}],
  ])('%j stays if the schema has %j', (text, schema) => {
    expect(leanText(text, { schema })).toBe(text);
  });

  test('required members are stated by the enclosing schema', () => {
    expect(leanText('Required. A pet.', { isRequired: true })).toBe('A pet.');
    expect(leanText('A pet (optional).', { isRequired: false })).toBe('A pet.');
    expect(leanText('Required. A pet.', { isRequired: false })).toBe('Required. A pet.');
    expect(leanText('Required for cats.', { isRequired: true })).toBe('Required for cats.');
  });
});
