import { ensure, scenario, type Case, type Group } from '../case.js';
import type { Behaviour } from '../hosts.js';
import type { Stage } from '../stage.js';
import type { WireAnswer } from '../wire.js';

const secret = 'resource-server.md: the API’s secrets never reach the caller';

/** A call while the API behaves in some way; whatever it does, the caller gets a result. */
export function whenApi(
  name: string,
  source: string,
  behaviour: (stage: Stage) => Behaviour,
  check: (answer: WireAnswer, stage: Stage) => boolean,
  call: (stage: Stage) => unknown = (stage) => stage.read,
): Case {
  return scenario(name, source, async (stage) => {
    stage.around.upstream.behaviour = behaviour(stage);
    const token = await stage.token({ scope: 'notes.read notes.write' });
    const answer = await stage.send({ body: call(stage), token });
    ensure(answer.status === 200, `the status is ${answer.status}`);
    ensure(!answer.headers.has('www-authenticate'), 'it is a challenge');
    ensure(!answer.body.includes(stage.meaning.apiKey), 'the key of the API is in the answer');
    ensure(check(answer, stage), answer.body.slice(0, 500));
  });
}

/** How many parts the API has sent of a response that has no end. */
const endless = { sent: 0 };

export const isError = ({ body }: WireAnswer) => body.includes('"isError":true');
export const json = { 'Content-Type': 'application/json' };

function status(
  code: number,
  headers: Record<string, string | string[]> = {},
  body = '{"error":"x"}',
): () => Behaviour {
  return () => (_request, response) => response.writeHead(code, { ...json, ...headers }).end(body);
}

/** Repeats a secret in some form. */
function repeats(form: (apiKey: string) => string, code = 400): (stage: Stage) => Behaviour {
  return ({ meaning }) =>
    (_request, response) =>
      response.writeHead(code, json).end(form(meaning.apiKey));
}

const hexOf = (text: string) => Buffer.from(text).toString('hex');

const masked = ({ body }: WireAnswer) => body.includes('[redacted]');

export const answers: Group = {
  name: 'answers of the API',
  ownServer: true,
  env: () => ({ UPSTREAM_TIMEOUT_MS: '1500', MCP_MAX_RESPONSE_BYTES: '2000' }),
  cases: [
    ...[401, 403, 404, 429, 500, 502, 503].map((code) =>
      whenApi(
        `${code} is a tool error`,
        'resource-server.md: upstream failures',
        status(code),
        isError,
      ),
    ),
    whenApi(
      'its challenge is not relayed',
      'resource-server.md',
      status(401, { 'WWW-Authenticate': 'Bearer realm="upstream-mark"' }),
      ({ body }) => !body.includes('upstream-mark'),
    ),
    whenApi(
      'its cookies are not relayed',
      'resource-server.md',
      status(200, { 'Set-Cookie': 'session=upstream-mark' }),
      ({ body, headers }) => !body.includes('upstream-mark') && !headers.has('set-cookie'),
    ),
    whenApi('a 401 names whose credential failed', 'resource-server.md', status(401), ({ body }) =>
      /credential/i.test(body),
    ),
    whenApi(
      'it repeats the key',
      secret,
      repeats((key) => JSON.stringify({ error: `bad key ${key}` })),
      masked,
    ),
    whenApi(
      'it repeats the key in a good answer',
      secret,
      repeats((key) => JSON.stringify({ key }), 200),
      masked,
    ),
    whenApi(
      'it repeats the key as base64',
      secret,
      repeats((key) => Buffer.from(key).toString('base64')),
      (answer, { meaning }) =>
        !answer.body.includes(Buffer.from(meaning.apiKey).toString('base64').replace(/=+$/, '')),
    ),
    ...(
      [
        ['in upper case', (key: string) => key.toUpperCase()],
        ['as hexadecimal digits', hexOf],
        ['as upper-case hexadecimal digits', (key: string) => hexOf(key).toUpperCase()],
      ] as const
    ).map(([how, form]) =>
      whenApi(
        `it repeats the key ${how}`,
        secret,
        repeats((key) => JSON.stringify({ error: `bad key ${form(key)}` })),
        ({ body }, { meaning }) =>
          !body.toLowerCase().includes(form(meaning.apiKey).toLowerCase()) &&
          body.includes('[redacted]'),
      ),
    ),
    whenApi(
      'it repeats the key where the answer is cut',
      secret,
      repeats((key) => JSON.stringify({ error: 'x'.repeat(2000 - 40) + key }), 200),
      ({ body }, { meaning }) => !body.includes(meaning.apiKey.slice(0, 12)),
    ),
    whenApi(
      'it repeats the key in a header',
      secret,
      ({ meaning }) =>
        (_request, response) =>
          response
            .writeHead(201, { ...json, Location: `/notes/1?api_key=${meaning.apiKey}` })
            .end('{}'),
      () => true,
    ),
    whenApi(
      'it hangs',
      'resource-server.md: a tool error within the timeout',
      () => () => undefined,
      isError,
    ),
    whenApi(
      'it begins and hangs',
      'what came within the timeout, and that it went on',
      () => (_request, response) => void response.writeHead(200, json).write('{"a":'),
      ({ body }) => body.includes('had not ended'),
    ),
    whenApi(
      'it hangs up',
      'resource-server.md',
      () => (_request, response) => void response.destroy(),
      isError,
    ),
    whenApi(
      'it hangs up in the middle',
      'resource-server.md',
      () => (_request, response) =>
        void response
          .writeHead(200, { ...json, 'Content-Length': '100' })
          .write('{', () => response.destroy()),
      isError,
    ),
    whenApi(
      'it sends without end',
      'resource-server.md: cut while streaming',
      () => (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/plain' });
        endless.sent = 0;
        const more = () =>
          response.write('x'.repeat(1000), (error) => {
            endless.sent += 1;
            if (!error) setTimeout(more, 20);
          });
        more();
      },
      // The first three parts are too many; until the call runs out of time, there are about seventy.
      ({ body }) => body.length < 10_000 && /cut|longer/i.test(body) && endless.sent < 40,
    ),
    whenApi(
      'a response that claims to be JSON and is not',
      'resource-server.md',
      status(200, {}, '<html>'),
      ({ body }) => body.includes('<html>'),
    ),
    whenApi(
      'it sends a stack trace',
      'MCP, tools: what went wrong is for the model',
      status(500, {}, 'at Object.<anonymous> (/srv/app.js:1:1)'),
      isError,
    ),
    whenApi(
      'it answers 204',
      'RFC 9110 section 15.3.5',
      () => (_request, response) => response.writeHead(204).end(),
      (answer) => !isError(answer),
    ),
    whenApi(
      'a gzip bomb',
      'resource-server.md: decompressed bytes',
      () => (_request, response) => {
        const { gzipSync } = process.getBuiltinModule('node:zlib');
        response
          .writeHead(200, { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' })
          .end(gzipSync(Buffer.alloc(20_000_000, 'x')));
      },
      ({ body }) => body.length < 10_000,
    ),
  ],
};
