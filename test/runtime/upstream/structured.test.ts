import { describe, expect, test } from 'vitest';
import type { Json } from '../../../templates/src/runtime/api.js';
import { readExact } from '../../../templates/src/runtime/upstream/numbers.js';
import { structure } from '../../../templates/src/runtime/upstream/fit.js';

const id = '1917043659912705297';
const text = { type: ['string', 'null'] };
const issue = {
  type: 'object',
  properties: {
    id: { type: ['number', 'null'] },
    title: text,
    labels: { type: ['array', 'null'], items: text },
    parent: { $ref: '#/$defs/Issue' },
  },
  $defs: {
    Issue: {
      type: ['object', 'null'],
      properties: { title: text, parent: { $ref: '#/$defs/Issue' } },
    },
  },
};
const list = { type: 'object', properties: { result: { type: ['array', 'null'], items: text } } };

describe('a response in the form of its schema', () => {
  test.each<[string, string, Json]>([
    [
      'a conforming response',
      '{"id":9007199254740991,"title":"a","more":[1]}',
      { id: 9007199254740991, title: 'a', more: [1] },
    ],
    [
      'another type',
      '{"id":"5","title":7,"labels":["a",1,null]}',
      { id: null, title: null, labels: ['a', null, null] },
    ],
    [
      'a number that would be rounded',
      `{"id":${id},"more":{"deep":[${id},1.5]}}`,
      { id: null, more: { deep: [null, 1.5] } },
    ],
    ['a text of digits', `{"title":"${id}"}`, { title: id }],
    [
      'a recursive response',
      '{"parent":{"title":"a","parent":{"title":1}}}',
      { parent: { title: 'a', parent: { title: null } } },
    ],
    ['a list instead of an object', `["a",${id},{"b":null}]`, { result: ['a', null, { b: null }] }],
    ['a text instead of an object', '"a"', { result: 'a' }],
    ['null', 'null', {}],
    ['halves of characters', '{"title":"a\\ud800","\\udc00":"😀"}', { title: 'a�', '�': '😀' }],
  ])('%s', (_, json, expected) => {
    expect(structure(readExact(json), issue).members).toEqual(expected);
  });

  test('a list is wrapped together with its schema', () => {
    expect(structure(['a'], list)).toEqual({ members: { result: ['a'] }, isWhole: true });
    expect(structure(['a', 1], list)).toEqual({ members: { result: ['a', null] }, isWhole: false });
    expect(structure('a', list)).toEqual({ members: { result: null }, isWhole: false });
    expect(structure(undefined, list)).toEqual({ members: { result: null }, isWhole: true });
  });

  test('an object instead of a list stays what it is', () => {
    expect(structure({ other: 1 }, list)).toEqual({ members: { other: 1 }, isWhole: true });
    expect(structure({ result: 1, other: 1 }, list)).toEqual({
      members: { result: null, other: 1 },
      isWhole: false,
    });
  });

  test('endless nesting stops where clients still read the message', () => {
    const nested = JSON.parse('{"more":'.repeat(5000) + '1' + '}'.repeat(5000)) as Json;
    const { members, isWhole } = structure(nested, issue);
    const depth = JSON.stringify(members).split('{').length;
    expect(depth).toBeGreaterThan(50);
    expect(depth).toBeLessThan(120);
    expect(isWhole).toBe(false);
  });
});
