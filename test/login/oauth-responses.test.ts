import { afterEach, describe, expect, it, vi } from 'vitest';
import { withCare } from '../../src/project/oauth-responses.js';
import { createFetch } from '../../src/net/reach.js';
import { listen } from '../support/http.js';

const form = { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token' }) };

afterEach(() => void vi.restoreAllMocks());

describe('a request of the SDK to an authorization server', () => {
  it.each([
    ['a token', form],
    ['a registration', { method: 'POST', body: '{}' }],
    ['metadata', {}],
  ])('for %s does not wait for a response that never ends', async (_, init) => {
    const short = AbortSignal.timeout(100);
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(short);
    const server = await listen((_request, response) => void response.writeHead(200).write(' '));
    const fetch = withCare(createFetch(new URL(server.url)));
    const text = fetch(server.url, init).then((response) => response.text());
    await expect(text).rejects.toThrow(/abort|timeout/i);
    await server.close();
  });

  it('leaves the code of an error, and makes its texts safe for a terminal', async () => {
    const said = '\u009b31m\u202e';
    const body = JSON.stringify({ error: 'invalid_grant', error_description: said.repeat(1000) });
    const fetch = withCare(() => Promise.resolve(new Response(body, { status: 401 })));
    const answer = (await (await fetch('https://auth.example.com/token', form)).json()) as object;
    const { error, error_description: shown } = answer as Record<string, string>;
    expect(error).toBe('invalid_grant');
    expect(shown).not.toMatch(/\p{C}/u);
    expect(shown?.length).toBeLessThanOrEqual(500);
  });
});
