import { brotliCompressSync, constants, createGzip, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Behaviour } from '../attack/hosts.js';
import type { Stage } from '../attack/stage.js';
import { sample } from '../soak/process.js';
import { secret } from '../support/secrets.js';
import { sent, type Sent } from './answers.js';
import { call, callInEra, eras } from './bodies.js';
import { Lab } from './lab.js';
import { expectNoStall, measure } from './stall.js';

const key = secret('Key of the API in a fixed header');
const json = { 'Content-Type': 'application/json' };

let lab: Lab;
let stage: Stage;

beforeAll(async () => {
  lab = await Lab.open();
  stage = await lab.start(() => ({
    UPSTREAM_HEADERS: JSON.stringify({ 'X-Api-Key': key, 'X-Tenant': 'acme' }),
    UPSTREAM_TIMEOUT_MS: '4000',
    UPSTREAM_RETRIES: '0',
  }));
});
afterEach(() => {
  lab.around.upstream.behaviour = undefined;
});
afterAll(() => lab.close());

/** The outcome of a call with this response of the API. */
async function answered(behaviour: Behaviour): Promise<Sent> {
  lab.around.upstream.behaviour = behaviour;
  return sent(stage, { body: call('plain') });
}

const says =
  (text: string, status = 200, headers: Record<string, string> = json): Behaviour =>
  (_request, response) =>
    response.writeHead(status, headers).end(text);

const hex = Buffer.from(key).toString('hex');
const base64 = Buffer.from(key).toString('base64').replace(/=+$/, '');

/** Forms of a secret that an API may repeat it in. */
const forms: readonly (readonly [string, string])[] = [
  ['its own letters', key],
  ['upper case', key.toUpperCase()],
  ['lower case', key.toLowerCase()],
  ['hexadecimal digits', hex],
  ['upper-case hexadecimal digits', hex.toUpperCase()],
  ['base64', base64],
  ['percent-encoding', encodeURIComponent(key)],
  ['the middle of more hexadecimal digits', `783a20${hex}21`],
];

/** Whether a text shows the secret: a failed assertion must not print it. */
const shows = (text: string) =>
  [key.toLowerCase(), hex].some((form) => text.toLowerCase().includes(form)) ||
  text.includes(base64);

describe.each(forms)('a secret in %s', (_form, form) => {
  const places: readonly (readonly [string, Behaviour])[] = [
    ['a JSON text', says(JSON.stringify({ a: `x ${form} y` }))],
    ['the name of a member', says(JSON.stringify({ [form]: 1 }))],
    ['a member far down', says(JSON.stringify({ a: [{ b: [[form]] }] }))],
    ['a plain text', says(`x ${form}`, 200, { 'Content-Type': 'text/plain' })],
    ['an error', says(JSON.stringify({ error: form }), 400)],
    ['a header', says('{}', 201, { ...json, Location: `/x?k=${form}` })],
  ];
  it.each(places)('is masked in %s', async (_place, behaviour) => {
    const { answer } = await answered(behaviour);
    expect(answer.status).toBe(200);
    expect(shows(answer.body)).toBe(false);
    expect(answer.body.includes('[redacted]')).toBe(true);
  });
});

describe('masking', () => {
  it('leaves everything else unchanged', async () => {
    const value = { tenant: 'acme', hex: 'deadbeef00', list: ['ABC', 'abc'], n: 1.5, z: null };
    expect((await answered(says(JSON.stringify(value)))).json).toEqual(value);
  });

  it.each(eras)('is done for a call with progress too (%s)', async (era) => {
    lab.around.upstream.behaviour = says(JSON.stringify({ hex }));
    for (const meta of ['', '"progressToken":1']) {
      const { answer } = await sent(stage, callInEra(era, 'plain', '{}', meta));
      expect(answer.status).toBe(200);
      expect(shows(answer.body)).toBe(false);
    }
  });
});

/** How many times one `JSON.parse` of the same text an answer may take, with all that is done to it. */
const SMALL = 6;

/** An answer to a call that stalls the others: for how many milliseconds, the least of some attempts. */
async function stallOf(text: string, limit: number): Promise<number> {
  lab.around.upstream.behaviour = says(text);
  let least = Infinity;
  for (let i = 0; i < 6 && least > limit; i += 1) {
    const { longest } = await measure(stage, async () => {
      const { answer, refused } = await sent(stage, { body: call('plain') });
      expect([answer.status, refused]).toEqual([200, false]);
    });
    least = Math.min(least, longest);
  }
  return least;
}

describe('the masking of an answer of', () => {
  it.each([
    [
      '60,000 members',
      JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`k${i}`, 'v']))),
    ],
    ['140,000 strings', JSON.stringify(Array<string>(140_000).fill('abcd'))],
    ['90,000 beginnings of a secret', JSON.stringify(Array<string>(90_000).fill(key.slice(0, 5)))],
  ])('%s stalls the others for a few parses of it at most', async (_what, text) => {
    const limit = SMALL * parseTime(text);
    expect(await stallOf(text, limit)).toBeLessThanOrEqual(limit);
  });

  it.each([
    ['half a secret again and again', key.slice(0, -1).repeat(15_000)],
    ['half of its digits again and again', hex.slice(0, 20).repeat(40_000)],
  ])('%s does not stall the server', async (_what, text) => {
    lab.around.upstream.behaviour = says(JSON.stringify({ text }));
    await expectNoStall(stage, async () => {
      expect((await sent(stage, { body: call('plain') })).refused).toBe(false);
    });
  });
});

/** Milliseconds of one `JSON.parse`: the median of nine. */
function parseTime(text: string): number {
  const times = Array.from({ length: 9 }, () => {
    const began = performance.now();
    JSON.parse(text);
    return performance.now() - began;
  });
  return times.toSorted((a, b) => a - b)[4] ?? 0;
}

const zeros = (bytes: number) => Buffer.alloc(bytes, 32);
const encoded = (encoding: string) => ({ ...json, 'Content-Encoding': encoding });

/** Answers that are larger than they look, or never end. */
const bombs: readonly (readonly [string, Behaviour])[] = [
  [
    'of gzip without end',
    (_request, response) => {
      response.writeHead(200, encoded('gzip'));
      const gzip = createGzip();
      gzip.on('error', () => undefined).pipe(response);
      response.on('close', () => gzip.destroy());
      const more = () => {
        if (!gzip.destroyed) gzip.write(zeros(1_000_000), () => setImmediate(more));
      };
      more();
    },
  ],
  ['of gzip in one piece', compressed(gzipSync(zeros(2 ** 27)), 'gzip')],
  [
    'of brotli',
    compressed(
      brotliCompressSync(zeros(2 ** 27), { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
      'br',
    ),
  ],
  [
    'of gzip in gzip in gzip',
    compressed(gzipSync(gzipSync(gzipSync(zeros(2 ** 27)))), 'gzip, gzip, gzip'),
  ],
  [
    'without end',
    (_request, response) => {
      response.writeHead(200, json);
      const more = () => {
        if (!response.destroyed) response.write(zeros(65_536), () => setImmediate(more));
      };
      more();
    },
  ],
  ['of a number of brackets', says('['.repeat(400_000) + ']'.repeat(400_000))],
  ['of an object far down', says('{"a":'.repeat(499) + '1' + '}'.repeat(499))],
];

function compressed(bytes: Buffer, encoding: string): Behaviour {
  return (_request, response) => response.writeHead(200, encoded(encoding)).end(bytes);
}

describe('an answer', () => {
  it.each(bombs)('%s is bounded', async (_what, behaviour) => {
    const pid = stage.child.child.pid ?? 0;
    const { resident: before } = await sample(pid);
    const { answer } = await answered(behaviour);
    expect(answer.status).toBe(200);
    expect(answer.body.length).toBeLessThan(8_000_000);
    const { resident: after } = await sample(pid);
    expect(after - before).toBeLessThan(200);
  });
});
