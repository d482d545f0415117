import type { RunningProject } from '../support/project.js';

/** The audit log of the suite's calls. */
export interface Calls {
  readonly count: number;
  readonly complaints: readonly string[];
}

/** Tools that are called in order to fail: by the API, and for want of arguments. */
const failing = ['test_error_handling', 'json_schema_2020_12_tool'];

/**
 * Looks at what the suite does not: that the server wants a token, that every call came with that of `subject`, and
 * that the API did its part. The suite would take a refusal by the API for a text like any other.
 */
export async function examineCalls(server: RunningProject, subject: string): Promise<Calls> {
  const { status } = await fetch(server.url, { method: 'POST' });
  const calls = server.audit().filter(({ event }) => event === 'tool_call');
  const strange = calls.filter((call) => call.subject !== subject);
  const failed = calls.filter(
    (call) => call.status !== 200 && !failing.includes(String(call.tool)),
  );
  return {
    count: calls.length,
    complaints: [
      ...(status === 401 ? [] : [`The server answers ${status} to a caller without a token.`]),
      ...(calls.length > 0 ? [] : ['No tool was called.']),
      ...strange.map((call) => `A call by somebody else: ${JSON.stringify(call)}`),
      ...failed.map((call) => `A call that failed: ${JSON.stringify(call)}`),
    ],
  };
}
