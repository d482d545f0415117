import { secret } from '../support/secrets.js';
import { ensure, scenario, type Case } from './case.js';
import { isError } from './groups/answers.js';
import type { Received } from './hosts.js';
import type { Stage } from './stage.js';

/** The stage of these cases. */
export const section = 'resource-server.md, Upstream';

/** The token endpoint issues a token for each request, which it returns; with `answer` it responds with that instead. */
export function issue(stage: Stage, answer: Record<string, unknown> = {}, status = 200) {
  const asked: { readonly form: URLSearchParams; readonly token: string }[] = [];
  stage.issuer.answerTokenRequest = (form) => {
    const token = secret('token for the API');
    stage.tokens.push(token);
    asked.push({ form, token });
    const body = { access_token: token, token_type: 'Bearer', expires_in: 3600, ...answer };
    return { status, body: status === 200 ? body : answer };
  };
  return asked;
}

/** Calls a tool; the answer, and what reached the API. */
export async function call(
  stage: Stage,
  token: string,
  tool = 'read_note',
  args: object = { id: '1' },
) {
  const { received } = stage.around.upstream;
  const before = received.length;
  const answer = await stage.send({ body: stage.callOf(tool, args), token });
  ensure(answer.status === 200, `the status is ${answer.status}`);
  ensure(!stage.tokens.some((one) => answer.body.includes(one)), 'a token is in the answer');
  return { answer, received: received.slice(before) };
}

/** The `Authorization` of requests. */
export const bearers = (received: readonly Received[]) =>
  received.map(({ headers }) => headers.authorization).join();

/** A call that fails for want of a token, and does not reach the API. */
export function notCalled(
  name: string,
  source: string,
  prepare: (stage: Stage) => unknown,
  reason = 'did not issue an access token to this server',
): Case {
  return scenario(name, source, async (stage) => {
    prepare(stage);
    const { answer, received } = await call(stage, await stage.token());
    ensure(received.length === 0, 'the API was called');
    ensure(isError(answer) && answer.body.includes(reason), answer.body);
    ensure(!answer.body.includes(stage.meaning.apiKey), 'a secret is in the answer');
  });
}

/** Faults of a token endpoint. */
export const failures = (kind: string): Case[] => [
  notCalled(`${kind}: the token endpoint refuses`, section, (stage) =>
    issue(stage, { error: 'invalid_grant', error_description: stage.meaning.apiKey }, 400),
  ),
  notCalled(`${kind}: the token endpoint fails`, section, (stage) => issue(stage, {}, 503)),
  notCalled(`${kind}: a token with a line break`, 'RFC 6750 section 2.1', (stage) =>
    issue(stage, { access_token: 'x\r\nX-Evil: 1' }),
  ),
  notCalled(`${kind}: a token that is bound to a key`, 'RFC 9449 section 5', (stage) =>
    issue(stage, { token_type: 'DPoP' }),
  ),
];

/** Two calls, each of them with a token that was issued for it. */
export function twoCalls(
  name: string,
  prepare: (stage: Stage) => ReturnType<typeof issue>,
  tokens: (stage: Stage) => Promise<readonly [string, string]>,
): Case {
  return scenario(name, section, async (stage) => {
    const asked = prepare(stage);
    const callers = await tokens(stage);
    const used: string[] = [];
    for (const caller of callers) used.push(bearers((await call(stage, caller)).received));
    ensure(asked.length === 2, `the token endpoint was asked ${asked.length} times`);
    const expected = asked.map(({ token }) => `Bearer ${token}`);
    ensure(used.join() === expected.join(), 'the API was called with other tokens');
  });
}
