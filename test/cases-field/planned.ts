import { join } from 'node:path';
import type { JsonObject, Tool } from '../../templates/src/runtime/api.js';
import type { Variables } from '../../templates/src/runtime/environment.js';
import { createCall, type Outcome } from '../../templates/src/runtime/upstream/call.js';
import { load } from '../../src/load/load.js';
import { plan } from '../../src/plan/plan.js';
import type { Plan } from '../../src/plan/types.js';
import {
  makeSettings,
  type Recorded,
  startStub,
  type Stub,
  type Answer,
} from '../runtime/upstream/wire.js';

/** The path of a document under `cases`, each of which has what one public report is about. */
export const caseFile = (name: string): string =>
  join(import.meta.dirname, 'cases', `${name}.yaml`);

/** A plan, and its tools by name. */
export interface Planned {
  readonly plan: Plan;
  readonly tools: Readonly<Record<string, Tool>>;
  /** The schemas of a tool's arguments. */
  readonly args: (tool: string) => Readonly<Record<string, JsonObject>>;
  readonly warnings: readonly string[];
}

/** The plan of a case, as `generate` makes it. */
export async function planCase(name: string): Promise<Planned> {
  const planned = plan(await load(caseFile(name)));
  const tools = Object.fromEntries(planned.api.tools.map((tool) => [tool.name, tool]));
  return {
    plan: planned,
    tools,
    args: (tool) => (tools[tool]?.inputSchema.properties ?? {}) as Record<string, JsonObject>,
    warnings: planned.warnings.map(({ code, place = '', message, remedy = '' }) =>
      [code, place, message, remedy].join(' | '),
    ),
  };
}

/** The outcome of a call of a case. */
export interface Sent extends Outcome {
  readonly requests: readonly Recorded[];
  /** `GET /things?limit=1`, of each request. */
  readonly lines: readonly string[];
}

/** Calls a tool of a case in this process, between the plan and an API that is recorded. */
export async function callCase(
  name: string,
  [toolName, args = {}]: readonly [tool: string, args?: object],
  { answer, env = {} }: { answer?: Answer; env?: Variables } = {},
): Promise<Sent> {
  const { plan: planned, tools } = await planCase(name);
  const tool = tools[toolName];
  if (tool === undefined) throw new Error(`No tool ${toolName}`);
  const stub = await startStub(answer);
  try {
    return await callAt(stub, planned, tool, args as JsonObject, env);
  } finally {
    await stub.close();
  }
}

async function callAt(stub: Stub, { api }: Plan, tool: Tool, args: JsonObject, env: Variables) {
  const settings = makeSettings(api, { UPSTREAM_BASE_URL: stub.url, ...env });
  const context = { signal: new AbortController().signal, requestId: 'ours' };
  const outcome = await createCall(api, settings)(tool, args, context);
  const lines = stub.requests.map(({ method, url }) => `${method} ${url}`);
  return { ...outcome, requests: stub.requests, lines };
}
