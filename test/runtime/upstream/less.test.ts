import { expect, test } from 'vitest';
import { howToGetLess } from '../../../templates/src/runtime/upstream/fit.js';
import { makeTool } from './wire.js';

test.each([
  [['limit', 'name', 'fields', 'id'], 'Ask for less with limit, fields.'],
  [['per_page', 'pageSize', 'max-results'], 'Ask for less with per_page, pageSize, max-results.'],
  [
    ['page', 'offset', 'cursor', 'q', 'since', 'until'],
    'Ask for less with page, offset, cursor, q, since.',
  ],
  [
    ['id', 'topic', 'country', 'discount'],
    'Ask for something smaller or more specific, if the API allows it.',
  ],
  [[], 'Ask for something smaller or more specific, if the API allows it.'],
])('with the arguments %j: %s', (names, sentence) => {
  const properties = Object.fromEntries(names.map((name) => [name, {}]));
  expect(howToGetLess(makeTool({}, { properties }))).toBe(sentence);
  if (names.length === 0) expect(howToGetLess(makeTool({}))).toBe(sentence);
});
