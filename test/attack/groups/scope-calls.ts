import { attempt, type Case, type Expectation } from '../case.js';
import { rfc6750 } from './credentials.js';
import type { Stage } from '../stage.js';

export const oneParse = 'resource-server.md: the check and the dispatch use the same parse';

/** 403, and what the client is to ask for. */
export const short = (scope: string): Expectation => ({
  status: 403,
  challenge: { error: 'insufficient_scope', scope },
});

export function calling(
  name: string,
  granted: unknown,
  tool: string,
  expected: Expectation,
  source = rfc6750,
): Case {
  const claims = typeof granted === 'string' ? { scope: granted } : (granted as object);
  return attempt(
    name,
    source,
    async (stage) => ({
      body: stage.callOf(tool, tool === 'read_note' ? { id: '1' } : {}),
      token: await stage.token({ ...claims }),
    }),
    expected,
  );
}

/** A body that is written by hand, with a token that may read. */
export function body(
  name: string,
  source: string,
  text: (stage: Stage) => unknown,
  expected: Expectation,
): Case {
  return attempt(
    name,
    source,
    async (stage) => ({ body: text(stage), token: await stage.token() }),
    expected,
  );
}

/** The text of a call that the token of `body` has not the scope for. */
export const writeIn = (stage: Stage) => JSON.stringify(stage.callOf('write_note'));
