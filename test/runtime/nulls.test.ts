import { expect, it } from 'vitest';
import { withoutNulls } from '../../templates/src/runtime/messages.js';

const call = { jsonrpc: '2.0', id: 1, method: 'tools/call' };

it.each([
  [null, undefined],
  [{ cursor: null }, {}],
  [{ name: 'a', arguments: null }, { name: 'a' }],
  [{ name: 'a', arguments: '' }, { name: 'a' }],
  [{ name: 'a', _meta: null }, { name: 'a' }],
  [
    { name: '', _meta: { progressToken: null, a: 1 } },
    { name: '', _meta: { a: 1 } },
  ],
  [
    { capabilities: { roots: null }, clientInfo: { title: null } },
    { capabilities: {}, clientInfo: {} },
  ],
])('null is nothing in the parameters %j', (params, left) => {
  expect(withoutNulls({ ...call, params })).toEqual({ ...call, params: left });
  expect(withoutNulls([{ ...call, params }])).toEqual([{ ...call, params: left }]);
});

it.each([
  [{ ...call, params: { name: 'a', arguments: { x: null, y: { arguments: null } } } }],
  [{ ...call, id: null }],
  [{ jsonrpc: '2.0', id: 1, result: null }],
  [null],
  ['null'],
])('null stays in %j', (body) => {
  expect(withoutNulls(body)).toBe(body);
});

it('takes no name for the prototype', () => {
  const body: unknown = JSON.parse('{"method":"ping","params":{"__proto__":{"a":1},"b":null}}');
  expect(JSON.stringify(withoutNulls(body))).toBe(
    '{"method":"ping","params":{"__proto__":{"a":1}}}',
  );
});
