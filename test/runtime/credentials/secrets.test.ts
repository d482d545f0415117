import { describe, expect, test } from 'vitest';
import { createSecrets } from '../../../templates/src/runtime/credentials/secrets.js';

const secret = 'pä"s/w rd?>~';
const { mask, maskCut } = createSecrets([secret, 'inner', 'inner-and-more', 'abc']);

describe('mask', () => {
  test.each([
    ['as it is', secret],
    ['base64', Buffer.from(secret).toString('base64')],
    ['base64url', Buffer.from(secret).toString('base64url')],
    ['percent-encoded', encodeURIComponent(secret)],
    [
      'in lower case',
      encodeURIComponent(secret).replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    ],
    ['form-encoded', encodeURIComponent(secret).replaceAll('%20', '+')],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    [
      'in JSON for web pages',
      JSON.stringify(secret)
        .slice(1, -1)
        .replace(/[/?>]/g, (c) => (c === '?' ? c : `\\u00${c.charCodeAt(0).toString(16)}`)),
    ],
    ['in HTML', secret.replace('"', '&quot;').replace('>', '&gt;')],
    ['in JSON of PHP', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
  ])('%s', (_, form) => {
    expect(mask(`<${form}> <${form}>`).replaceAll('=', '')).toBe('<[redacted]> <[redacted]>');
  });

  test('the longest first', () => {
    expect(mask('inner-and-more inner')).toBe('[redacted] [redacted]');
  });

  test('nothing as short as a word', () => {
    expect(mask('abc')).toBe('abc');
  });
});

test('the beginning of a secret at a cut goes too', () => {
  expect(maskCut('x inner-and-mor')).toBe('x [redacted]');
  expect(maskCut('x inn')).toBe('x [redacted]');
  expect(maskCut('x in')).toBe('x in');
  expect(maskCut('x inner-and-more y')).toBe('x [redacted] y');
  expect(maskCut('x inner-x')).toBe('x [redacted]-x');
});
