import { describe, expect, it } from 'vitest';
import { readBearer } from '../../../templates/src/runtime/oauth/gate.js';

const missing = { kind: 'missing' };
const malformed = { kind: 'malformed' };

describe('the bearer token of a request', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['bearer   abc  ', 'abc'],
    ['Bearer a-._~+/b==', 'a-._~+/b=='],
  ])('is found in %j', (value, token) => {
    expect(readBearer(['Authorization', value])).toEqual({ kind: 'bearer', token });
  });

  it('is found under a header name in any case', () => {
    expect(readBearer(['AUTHORIZATION', 'Bearer abc'])).toEqual({ kind: 'bearer', token: 'abc' });
  });

  it('is read only from the header, not from a value that looks like its name', () => {
    expect(readBearer(['X-A', 'authorization', 'Bearer abc', 'x'])).toEqual(missing);
    expect(readBearer(['X-A', 'authorization', 'Authorization', 'Bearer abc'])).toMatchObject({
      kind: 'bearer',
    });
  });

  it.each(['Basic YTpi', 'Bearertoken abc', 'X Bearer abc', '', 'Bearer', 'bearer '])(
    'is missing in %j',
    (value) => {
      expect(readBearer(['Authorization', value])).toEqual(missing);
    },
  );

  it.each([
    'bEARER a b',
    'Bearer a, Bearer b',
    'Bearer a,b',
    'Bearer =a',
    'Bearer a=b',
    'Bearer\ta',
    'Basic a\x01',
    'Basic é',
  ])('is malformed in %j', (value) => {
    expect(readBearer(['Authorization', value])).toEqual(malformed);
  });

  it('may be as long as the limit of all headers allows', () => {
    const line = ['Authorization', `Bearer ${'a'.repeat(1_000_000)}`];
    expect(readBearer(line)).toMatchObject({ kind: 'bearer' });
  });

  it('is parsed quickly with any amount of padding', () => {
    const padding = '='.repeat(8000);
    expect(readBearer(['Authorization', `Bearer a${padding}`])).toMatchObject({ kind: 'bearer' });
    expect(readBearer(['Authorization', `Bearer a${padding}!`])).toEqual(malformed);
    expect(readBearer(['Authorization', `Bearer a${' '.repeat(8000)}!`])).toEqual(malformed);
  });

  it('is refused if there are two lines, even if one has another scheme', () => {
    const lines = ['Authorization', 'Basic YTpi', 'authorization', 'Bearer abc'];
    expect(readBearer(lines)).toEqual(malformed);
  });
});
