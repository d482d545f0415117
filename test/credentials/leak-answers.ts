import type { ServerResponse } from 'node:http';
import type { Recorded } from '../runtime/upstream/wire.js';

/** A way in which an API repeats the credentials that it was shown. */
export interface LeakyAnswer {
  readonly name: string;
  readonly answer: (shown: readonly string[], response: ServerResponse) => void;
  /** What the caller receives instead. */
  readonly instead: string;
}

/** The credentials of a request, as an API understands them. */
export function credentialsOf({ url, headers }: Recorded): string[] {
  const query = [...new URL(url, 'http://api').searchParams.values()];
  const telling = headers.filter(([name]) =>
    /^(authorization|cookie|x-(credential|shared-secret|signature))$/.test(name),
  );
  return [...query, ...telling.flatMap(([, value]) => [value, ...understood(value)])];
}

function understood(value: string): string[] {
  const [scheme, ...rest] = value.split(' ');
  if (scheme === 'Bearer') return rest;
  if (scheme !== 'Basic') return [value.replace(/^sid=/, '')];
  const pair = Buffer.from(rest.join(), 'base64').toString();
  return [...rest, pair, ...pair.split(':').filter((half) => half.length > 5)];
}

const text =
  (status: number, type: string, write: (shown: readonly string[]) => string | Buffer) =>
  (shown: readonly string[], response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': type }).end(write(shown));
  };
const redacted = '[redacted]';
const bytes = 'contains a credential of this server';

const html = (value: string) =>
  value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
const escaped = (value: string) =>
  [...Buffer.from(value, 'utf16le').swap16().toString('hex').matchAll(/..../g)]
    .map(([unit]) => `\\u${unit}`)
    .join('');

export const leakyAnswers: readonly LeakyAnswer[] = [
  {
    name: 'in JSON',
    answer: text(200, 'application/json', (shown) => JSON.stringify({ shown })),
    instead: redacted,
  },
  {
    name: 'in JSON, as names',
    answer: text(200, 'application/json', (shown) =>
      JSON.stringify(Object.fromEntries(shown.map((value) => [value, 1]))),
    ),
    instead: redacted,
  },
  {
    name: 'in JSON, where every letter is escaped',
    answer: text(
      200,
      'application/json',
      (shown) => `{"shown":["${shown.map(escaped).join('","')}"]}`,
    ),
    instead: redacted,
  },
  {
    name: 'in JSON in JSON',
    answer: text(200, 'application/json', (shown) =>
      JSON.stringify({ log: JSON.stringify({ shown }) }),
    ),
    instead: redacted,
  },
  {
    name: 'in an error of plain text',
    answer: text(500, 'text/plain', (shown) => `No: ${shown.join('\n')}`),
    instead: redacted,
  },
  {
    name: 'in an error page',
    answer: text(401, 'text/html', (shown) => `<p>${shown.map(html).join('<p>')}`),
    instead: redacted,
  },
  {
    name: 'percent-encoded',
    answer: text(403, 'text/plain', (shown) => shown.map(encodeURIComponent).join('\n')),
    instead: redacted,
  },
  {
    name: 'form-encoded',
    answer: text(200, 'application/x-www-form-urlencoded', (shown) =>
      shown.map((value) => new URLSearchParams({ value }).toString()).join('&'),
    ),
    instead: redacted,
  },
  {
    name: 'in base64',
    answer: text(200, 'text/plain', (shown) =>
      shown.map((value) => Buffer.from(value).toString('base64')).join('\n'),
    ),
    instead: redacted,
  },
  {
    name: 'in UTF-16',
    answer: text(200, 'text/plain; charset=utf-16le', (shown) =>
      Buffer.from(shown.join('\n'), 'utf16le'),
    ),
    instead: redacted,
  },
  {
    name: 'as they are in a picture',
    answer: text(200, 'image/png', (shown) => Buffer.from(`\0PNG\0${shown.join('\0')}`)),
    instead: bytes,
  },
  {
    name: 'as bytes of no type',
    answer: (shown, response) => {
      response.writeHead(200).end(Buffer.from(`\0${shown.join('\0')}\xff`, 'latin1'));
    },
    instead: bytes,
  },
  {
    name: 'in the address of something new',
    answer: (shown, response) => {
      const query = shown.map(encodeURIComponent).join('&');
      response.writeHead(201, { location: `/new?${query}`, link: `</next?${query}>` }).end();
    },
    instead: redacted,
  },
  {
    name: 'in a redirect to somebody else',
    answer: (shown, response) => {
      const query = shown.map(encodeURIComponent).join('&');
      response.writeHead(302, { location: `https://other.example/?${query}` }).end('moved');
    },
    instead: redacted,
  },
];
