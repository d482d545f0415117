import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { watchSecrets } from '../support/secret-watch.js';
import { header, makeTool, startStub, textOf } from '../runtime/upstream/wire.js';
import { connect } from './connect.js';
import { credentialsOf, leakyAnswers } from './leak-answers.js';
import { createModes, type Mode } from './leak-modes.js';
import { startTokenStub, type TokenStub } from './token-stub.js';

const watch = watchSecrets();
const tool = makeTool({ security: [{ scheme: [] }] });
const names = createModes(watch, { tokenUrl: 'http://127.0.0.1:9/token' } as TokenStub).map(
  ({ name }) => name,
);

let tokens: TokenStub;
let modes: Map<string, Mode>;
beforeAll(async () => {
  tokens = await startTokenStub(watch);
  modes = new Map(createModes(watch, tokens).map((mode) => [mode.name, mode]));
});
afterAll(() => tokens.close());

function modeCalled(name: string): Mode {
  const mode = modes.get(name);
  if (mode === undefined) throw new Error('There is no such mode');
  return mode;
}

describe('a credential that the API knows from elsewhere', () => {
  test.each(names)('is not repeated by an operation that needs nothing: %s', async (name) => {
    const { schemes, variables, more } = modeCalled(name);
    const secrets = Object.entries(variables)
      .filter(([variable]) => /KEY|PASSWORD|SECRET|TOKEN$/.test(variable))
      .map(([, value]) => value ?? '');
    const api = await startStub((_, response) => response.end(['a', ...secrets].join('\n')));
    const open = makeTool({ security: [] });
    const outcome = await connect({ baseUrl: api.url, schemes, variables, watch, ...more })(open);
    await api.close();
    expect(textOf(outcome.result)).toBe(['a', ...secrets.map(() => '[redacted]')].join('\n'));
  });

  test('is not repeated if it was sent before: a refused token', async () => {
    const { schemes, variables } = modeCalled('a separate token');
    const before: string[] = [];
    const api = await startStub((request, response) => {
      if (before.length === 0) response.writeHead(401);
      response.end(before.join());
      before.push(...credentialsOf(request));
    });
    const outcome = await connect({ baseUrl: api.url, schemes, variables, watch })(tool);
    await api.close();
    expect(outcome.status).toBe(200);
    expect(textOf(outcome.result)).toBe('Bearer [redacted],[redacted]');
  });
});

describe.each(names)('%s', (name) => {
  test.each(leakyAnswers)(
    'is not repeated when the API does so $name',
    async ({ answer, instead }) => {
      const { schemes, variables, more, call } = modeCalled(name);
      let shown: string[] = [];
      const api = await startStub((request, response) => {
        for (const value of header(request, 'x-signature')) watch.hide(value);
        shown = credentialsOf(request);
        answer(shown, response);
      });
      const outcome = await connect({ baseUrl: api.url, schemes, variables, watch, ...more })(
        tool,
        call,
      );
      await api.close();
      expect(outcome.failure).toBeUndefined();
      expect(shown).not.toEqual([]);
      expect(textOf(outcome.result)).toContain(instead);
    },
  );

  test('is not repeated in part where a response is truncated', async () => {
    const { schemes, variables, more, call } = modeCalled(name);
    const limit = 1000;
    let longest = '';
    const api = await startStub((request, response) => {
      longest = credentialsOf(request).reduce((a, b) => (a.length > b.length ? a : b));
      response.end(`${'.'.repeat(limit - longest.length + 4)}${longest}, and more`);
    });
    const outcome = await connect({
      baseUrl: api.url,
      schemes,
      variables: { ...variables, MCP_MAX_RESPONSE_BYTES: String(limit) },
      watch,
      ...more,
    })(tool, call);
    await api.close();
    expect(textOf(outcome.result)).toMatch(
      /^\.+(Bearer |Basic |sid=)?\[redacted\]\nThe response was truncated/,
    );
  });
});
