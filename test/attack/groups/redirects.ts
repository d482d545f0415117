import type { Group } from '../case.js';
import type { Behaviour } from '../hosts.js';
import type { Stage } from '../stage.js';
import type { WireAnswer } from '../wire.js';
import { isError, json, whenApi } from './answers.js';

/** The first request is answered with a redirect, those after it with what they hold. */
function redirects(code: number, to: (stage: Stage) => string): (stage: Stage) => Behaviour {
  return (stage) => {
    let first = true;
    return (request, response) => {
      if (!first)
        return void response
          .writeHead(200, json)
          .end(JSON.stringify({ arrivedAt: request.target }));
      first = false;
      response.writeHead(code, { Location: to(stage) }).end();
    };
  };
}

const followed = ({ body }: WireAnswer) => body.includes('arrivedAt');
const notFollowed = (answer: WireAnswer) => !followed(answer) && isError(answer);
const writing = (stage: Stage) => stage.callOf('write_note', { body: { text: 'x' } });

/** After 303 the POST is done, and only its result is elsewhere. */
function judgePost(code: number): (answer: WireAnswer) => boolean {
  if (code === 303) return (answer) => !followed(answer);
  return code > 303 ? followed : notFollowed;
}

export const redirection: Group = {
  name: 'redirects',
  ownServer: true,
  cases: [
    ...[301, 302, 303, 307, 308].flatMap((code) => [
      whenApi(
        `${code} to the same origin`,
        'RFC 9110 section 15.4',
        redirects(code, () => '/v1/notes/2'),
        followed,
      ),
      whenApi(
        `${code} to another origin`,
        'resource-server.md: reported, not contacted',
        redirects(code, ({ around }) => `${around.evil.url}/steal`),
        notFollowed,
      ),
      whenApi(
        `${code} of a POST`,
        'RFC 9110 section 15.4: the same request with 307 and 308 only',
        redirects(code, () => '/v1/other'),
        judgePost(code),
        writing,
      ),
      whenApi(
        `${code} of a POST to another origin`,
        'resource-server.md: reported, not contacted',
        redirects(code, ({ around }) => `${around.evil.url}/steal`),
        (answer) => !followed(answer),
        writing,
      ),
    ]),
    whenApi(
      'to another origin without its scheme',
      'RFC 3986 section 4.2',
      redirects(302, ({ around }) => around.evil.url.replace('http:', '')),
      notFollowed,
    ),
    whenApi(
      'to the same host with a user name',
      'resource-server.md',
      redirects(302, ({ around }) => around.upstream.url.replace('//', '//user:pass@')),
      (answer) => notFollowed(answer) && answer.body.includes('redirect was not followed'),
    ),
    whenApi(
      'to a file',
      'resource-server.md',
      redirects(302, () => 'file:///etc/passwd'),
      notFollowed,
    ),
    whenApi(
      'in a circle',
      'RFC 9110 section 15.4',
      () => (_request, response) => response.writeHead(302, { Location: '/v1/notes/1' }).end(),
      isError,
    ),
  ],
};
