import { afterEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer | undefined;
afterEach(() => server?.close());

const path = '/.well-known/openai-apps-challenge';

describe('the challenge of OpenAI', () => {
  it('is answered with only its token, without requiring an access token', async () => {
    server = await startTestServer({ env: { OPENAI_APPS_CHALLENGE: 'dGhlIHRva2Vu' } });
    const answer = await fetch(new URL(path, server.url));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toBe('dGhlIHRva2Vu');
    expect((await fetch(new URL(path, server.url), { method: 'POST' })).status).toBe(404);
    expect((await fetch(new URL(`${path}/`, server.url))).status).toBe(404);
  });

  it('is not found on a server without the token', async () => {
    server = await startTestServer();
    expect((await fetch(new URL(path, server.url))).status).toBe(404);
  });
});
