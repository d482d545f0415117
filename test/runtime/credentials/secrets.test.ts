import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { jsonEscape } from '../../../templates/src/runtime/text.js';
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
    ['in JSON in JSON', JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1)],
    ['in upper case', secret.toUpperCase()],
    ['hex', Buffer.from(secret).toString('hex')],
    ['hex in upper case', Buffer.from(secret).toString('hex').toUpperCase()],
    [
      'percent-encoded completely',
      Buffer.from(secret).toString('hex').replace(/../g, '%$&').toUpperCase(),
    ],
    ['UTF-16 as bytes', Buffer.from(secret, 'utf16le').toString('latin1').slice(0, -1)],
    ['UTF-8 as bytes', Buffer.from(secret).toString('latin1')],
  ])('%s', (_, form) => {
    expect(mask(`<${form}> <${form}>`).replaceAll('=', '')).toBe('<[redacted]> <[redacted]>');
  });

  test('the longest first', () => {
    expect(mask('inner-and-more inner')).toBe('[redacted] [redacted]');
  });

  test('nothing as short as a word', () => {
    expect(mask('abc')).toBe('abc');
    expect(createSecrets(['abc', '']).mask('abc')).toBe('abc');
  });

  test('one that overlaps another leaves nothing of either', () => {
    const { mask: maskBoth } = createSecrets(['first-half', 'half-second']);
    expect(maskBoth('<first-half-second>')).toBe('<[redacted]>');
    expect(maskBoth('first-halfhalf-second')).toBe('[redacted][redacted]');
  });

  test('all of a long one, but nothing that only begins like it', () => {
    const header = 'eyJhbGciOiJSUzI1NiJ9';
    const [own, other] = [1, 2].map(() => `${header}.${randomBytes(900).toString('base64url')}`);
    const tokens = createSecrets([own ?? '']);
    expect(tokens.mask(`${other} ${own} ${header}`)).toBe(`${other} [redacted] ${header}`);
  });

  test('letters whose lower case is longer or depends on the next one', () => {
    const letters = createSecrets(['secret-ΑΣ', 'İİİİ-secret']);
    expect(letters.mask('İ<secret-ΑΣ>xsecret-ΑΣx')).toBe('İ<[redacted]>x[redacted]x');
    expect(letters.mask('İ<İİİİ-SECRET>')).toBe('İ<[redacted]>');
  });

  test('at any distance from the beginning', () => {
    for (let before = 0; before < 30; before += 1) {
      const space = '.'.repeat(before);
      expect(mask(`${space}${secret}${space}`)).toBe(`${space}[redacted]${space}`);
    }
  });
});

test('a text with a secret in any form is known', () => {
  const { includes } = createSecrets(['the-secret-value']);
  expect(includes('nothing of the kind')).toBe(false);
  expect(includes('')).toBe(false);
  expect(includes(`x ${Buffer.from('the-secret-value').toString('hex')}`)).toBe(true);
});

describe('JSON', () => {
  const { maskJson } = createSecrets([secret, 'plain-secret', 'one/and/more']);
  const escape = (text: string) =>
    Array.from(text, (character) => {
      const code = character.charCodeAt(0).toString(16).padStart(4, '0');
      return `\\u${code}`;
    }).join('');

  test.each([
    ['every letter escaped', `{"a":"<${escape(secret)}>"}`],
    ['in upper case', `{"a":"<${escape(secret).toUpperCase().replaceAll('\\U', '\\u')}>"}`],
    ['one letter escaped', `{"a":"<${JSON.stringify(secret).slice(1, -1).replace('w', escape)}>"}`],
    ['one of two slashes escaped', '{"a":"<one\\/and/more>"}'],
    ['base64, escaped', `{"a":"<${escape(Buffer.from(secret).toString('base64'))}>"}`],
  ])('%s redacts nothing', (_, json) => {
    expect(JSON.parse(maskJson(json))).toEqual({
      a: expect.stringMatching(/^<\[redacted\]={0,2}>$/) as string,
    });
  });

  test.each([
    ['in lower case', 'p\\u00e4ssw\\u00f6rd-\\ud83d\\ude00'],
    ['in upper case', 'p\\u00E4ssw\\u00F6rd-\\uD83D\\uDE00'],
    ['beside a letter that needs none', '\\u0070\\u00e4ssw\\u00f6rd-\\ud83d\\ude00'],
    ['of some letters', 'pässw\\u00f6rd-\\ud83d\\ude00'],
    ['of others', 'p\\u00E4sswörd-😀'],
    ['nowhere', 'pässwörd-😀'],
  ])('a secret beyond ASCII is redacted with escapes %s', (_, written) => {
    const { maskJson: own } = createSecrets(['pässwörd-😀']);
    expect(own(`{"a":"<${written}>\\u00e4"}`)).toContain('"<[redacted]>');
  });

  test('names too, and the numbers stay as they are written', () => {
    const json = `{ "${escape('plain-secret')}": 12345678901234567890, "b":"\\\\u0041\\n" }`;
    expect(maskJson(json)).toBe('{ "[redacted]": 12345678901234567890, "b":"\\\\u0041\\n" }');
  });

  test('other escapes are kept', () => {
    const json = `["\\u0022\\u005c\\u0000\\ud83d\\ude00\\/","${escape('plain-secret')}"]`;
    expect(JSON.parse(maskJson(json))).toEqual(['"\\\0😀/', '[redacted]']);
  });

  test('without a secret it stays as received', () => {
    for (const json of ['{"a":"\\u0041\\/"}', '[1,2]', '', '{broken'])
      expect(maskJson(json)).toBe(json);
  });
});

describe('more secrets', () => {
  const first = createSecrets(['static-secret']);

  test('are added to the existing ones', () => {
    const both = first.and(['dynamic-value', 'another-value']);
    expect(both.mask('static-secret dynamic-value another-value')).toBe(
      '[redacted] [redacted] [redacted]',
    );
    expect(both.maskCut('x dynamic-v')).toBe('x [redacted]');
    expect(first.mask('dynamic-value')).toBe('dynamic-value');
  });

  test('that contain one of them, or are part of one, leave nothing behind', () => {
    expect(first.and(['my-static-secret-too']).mask('<my-static-secret-too>')).toBe('<[redacted]>');
    expect(first.and(['secret']).mask('<static-secret>')).toBe('<[redacted]>');
  });

  test('that begin like an earlier one are still distinguished', () => {
    const [one, other] = ['1', '2'].map((end) => `same-beginning-of-both-${end}`);
    expect(first.and([one ?? '']).mask(`${one} ${other}`)).toBe(`[redacted] ${other}`);
    expect(first.and([other ?? '']).mask(`${one} ${other}`)).toBe(`${one} [redacted]`);
  });

  test('none, or one that is too short, changes nothing', () => {
    expect(first.and([])).toBe(first);
    expect(first.and(['abc'])).toBe(first);
  });
});

describe('costs little', () => {
  const values = ['s3cr3t-value-+/=12', 'user:pass-word', 'pass-word', `k+y/=&"<>'\\%41 0815`];
  const token = () => `eyJhbGciOiJSUzI1NiJ9.${randomBytes(600).toString('base64url')}`;
  const { maskJson } = createSecrets(values).and([token()]);

  /** The shortest of several times, in milliseconds: a busy machine adds to all of them. */
  function fastest(work: () => unknown): number {
    const times = Array.from({ length: 15 }, () => {
      const began = performance.now();
      work();
      return performance.now() - began;
    });
    return Math.min(...times);
  }

  test.each<[string, unknown]>([
    [
      '60,000 members',
      Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`k${n}`, 'v'])),
    ],
    ['140,000 strings', Array.from({ length: 140_000 }, () => 'abcd')],
  ])('beside parsing %s', (_, value) => {
    const json = JSON.stringify(value);
    const parse = fastest(() => JSON.parse(json));
    expect(fastest(() => maskJson(json)) / parse).toBeLessThan(3);
  });

  test('for a text in an Asian script, all of it escapes', () => {
    const json = JSON.stringify('漢字'.repeat(100_000)).replace(/[^\0-\x7f]/g, jsonEscape);
    const parse = fastest(() => JSON.parse(json));
    expect(fastest(() => maskJson(json)) / parse).toBeLessThan(20);
  });

  test('if the API repeats the beginning of a token', () => {
    const json = JSON.stringify('eyJhbGciOiJS'.repeat(40_000));
    const words = JSON.stringify(Array.from({ length: 100_000 }, () => 'abcd'));
    const parse = fastest(() => JSON.parse(words));
    expect(fastest(() => maskJson(json)) / parse).toBeLessThan(10);
  });

  test('at a truncation, for a secret that repeats itself', () => {
    const long = createSecrets([`${'a'.repeat(8000)}b`]);
    const text = 'a'.repeat(7999);
    expect(long.maskCut(`x${text}`)).toBe('x[redacted]');
    const words = JSON.stringify(Array.from({ length: 100_000 }, () => 'abcd'));
    const parse = fastest(() => JSON.parse(words));
    expect(fastest(() => long.maskCut(text)) / parse).toBeLessThan(10);
  });
});

test('the beginning of a secret at a truncation is removed too', () => {
  expect(maskCut('x inner-and-mor')).toBe('x [redacted]');
  expect(maskCut('x inn')).toBe('x [redacted]');
  expect(maskCut('x in')).toBe('x in');
  expect(maskCut('x inner-and-more y')).toBe('x [redacted] y');
  expect(maskCut('x inner-x')).toBe('x [redacted]-x');
});
