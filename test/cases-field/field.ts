import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { generations, type ToolResult } from '../support/generations.js';
import { HttpClient } from '../support/http-client.js';
import { buildProject, type Project, type RunningProject } from '../support/project.js';
import { startStub, type Answer, type Recorded, type Stub } from '../runtime/upstream/wire.js';

/** What one call led to: the requests that the API received, and the result that the client read. */
export interface Called {
  readonly requests: readonly Recorded[];
  readonly result: ToolResult;
  /** `GET /things?limit=1` of the only request; undefined when there was none. */
  readonly line: string | undefined;
  /** The only request's body, as UTF-8. */
  readonly body: string | undefined;
}

/** A document's server, generated, compiled and started, between an official client and a recorded API. */
export interface Field {
  call(tool: string, args?: Record<string, unknown>): Promise<Called>;
  /** How the API answers from now on. Default: `{}` as JSON. */
  answer(answer: Answer): void;
  readonly client: () => HttpClient;
  readonly server: () => RunningProject;
}

const usual: Answer = (_, response) => {
  response.setHeader('content-type', 'application/json').end('{}');
};

/** Sets up the server of one of `documents` for the tests of a file; `args` are more arguments of `generate`. */
export function field(
  name: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Field {
  let [stub, project]: [Stub?, Project?] = [];
  let [client, server]: [HttpClient?, RunningProject?] = [];
  let answer = usual;
  beforeAll(async () => {
    const source = join(import.meta.dirname, 'documents', `${name}.yaml`);
    stub = await startStub((request, response) => answer(request, response));
    project = await buildProject(name, { source, args });
    const base = { UPSTREAM_BASE_URL: stub.url, MCP_ALLOW_UNAUTHENTICATED: 'true' };
    server = await project.start({ ...base, ...env });
    const generation = generations.find(({ name: own }) => own === 'client 2.x, 2026-07-28');
    client = await new HttpClient(known(generation), server.url, { token: 'none' }).connect();
  });
  afterAll(async () => {
    await client?.close();
    await project?.remove();
    await stub?.close();
  });
  return {
    async call(tool, args = {}) {
      const { requests } = known(stub);
      const before = requests.length;
      const result = await known(client).call(tool, args);
      return describeCall(requests.slice(before), result);
    },
    answer: (next) => (answer = next),
    client: () => known(client),
    server: () => known(server),
  };
}

function describeCall(requests: readonly Recorded[], result: ToolResult): Called {
  const [only, ...others] = requests;
  const single = others.length === 0 ? only : undefined;
  return {
    requests,
    result,
    line: single && `${single.method} ${single.url}`,
    body: single?.body.toString('utf8'),
  };
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The set-up failed');
  return value;
}
