import { expect, it } from 'vitest';
import { isOversized } from '../../templates/src/runtime/http.js';

/** Members of lists and objects, counted in the value. */
function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members: unknown[] = Object.values(value);
  return members.length + members.reduce<number>((sum, member) => sum + membersOf(member), 0);
}

const limit = (maxMembers: number, maxDepth = 100) => ({ maxMembers, maxDepth });

it.each<[string]>([
  ['{}'],
  ['[]'],
  ['[ ]'],
  ['[1]'],
  ['[1,2,3]'],
  ['{"a":1}'],
  ['{ "a" : 1 , "b" : [ ] }'],
  ['[[],[],{}]'],
  ['[[1],[2],[[3]]]'],
  ['{"a":{"b":{"c":{}}}}'],
  ['["a,b","[","{","\\"",",","\\\\"]'],
  ['{"a,[":"é,{","\\u0022,":[1,2]}'],
  ['"a,b,c"'],
  ['12'],
])('counts the members of %s', (json) => {
  const count = membersOf(JSON.parse(json));
  const bytes = Buffer.from(json);
  expect(isOversized(bytes, limit(count))).toBe(false);
  expect(isOversized(bytes, limit(count - 1))).toBe(true);
});

it.each([
  ['[[[1]]]', 3],
  ['{"a":[{"b":"[[[["}]}', 3],
  ['[[],[],[]]', 2],
])('counts the depth of %s', (json, depth) => {
  const bytes = Buffer.from(json);
  expect(isOversized(bytes, limit(1000, depth))).toBe(false);
  expect(isOversized(bytes, limit(1000, depth - 1))).toBe(true);
});

it('ends with text that is not JSON', () => {
  for (const text of ['', '"', '"\\', '[[[', ']]]', '{"a', '\\\\"'])
    expect(isOversized(Buffer.from(text), limit(1000))).toBe(false);
});
