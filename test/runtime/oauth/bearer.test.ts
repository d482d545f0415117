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

  it.each(['00D000000000001!AQ.x_y', 'a=b', '=a', "{a:'b'}", 'a|b\\c%d', 'a@b'])(
    'is found in %j, if the provider introspects tokens',
    (token) => {
      const line = ['Authorization', `Bearer ${token}`];
      expect(readBearer(line, true)).toEqual({ kind: 'bearer', token });
      expect(readBearer(line)).toEqual(malformed);
    },
  );

  it.each(['a b', 'a, Bearer b', 'a,b', 'a, ', 'a,', '"a"', 'a="b"', 'a\tb', 'a\x01', 'aé'])(
    'is malformed in %j, even if the provider introspects tokens',
    (token) => {
      expect(readBearer(['Authorization', `Bearer ${token}`], true)).toEqual(malformed);
    },
  );

  it('may be as long as the limit of all headers allows', () => {
    const line = ['Authorization', `Bearer ${'a'.repeat(1_000_000)}`];
    expect(readBearer(line)).toMatchObject({ kind: 'bearer' });
  });

  it('is parsed quickly with any amount of padding', () => {
    const padding = '='.repeat(8000);
    expect(readBearer(['Authorization', `Bearer a${padding}`])).toMatchObject({ kind: 'bearer' });
    expect(readBearer(['Authorization', `Bearer a${padding}!`])).toEqual(malformed);
    const inside = ['Authorization', `Bearer a${' '.repeat(8000)}!`];
    expect(readBearer(inside)).toEqual(malformed);
    expect(readBearer(inside, true)).toEqual(malformed);
  });

  it('is refused if there are two lines, even if one has another scheme', () => {
    const lines = ['Authorization', 'Basic YTpi', 'authorization', 'Bearer abc'];
    expect(readBearer(lines)).toEqual(malformed);
  });
});
