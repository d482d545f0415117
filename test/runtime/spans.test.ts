import { expect, it } from 'vitest';
import { errorOf } from '../../templates/src/runtime/spans.js';

it.each([
  ['{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}', '-32602'],
  ['{"jsonrpc":"2.0","id":1,"result":{}}', undefined],
  ['[{"jsonrpc":"2.0","id":1,"result":{}}]', undefined],
  // A stream that ended early has no response in it.
  ['null', undefined],
])('the response %s has the error %s', (body, error) => {
  const headers = { 'Content-Type': 'application/json' };
  expect(errorOf({ status: 200, headers, body })).toBe(error);
});
