import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepare } from '../../src/generate.js';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { createCall } from '../../templates/src/runtime/upstream/call.js';
import { generations } from '../support/generations.js';
import { listen, type LocalServer } from '../support/http.js';
import { HttpClient, textOf } from '../support/http-client.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { fileOf } from './documents.js';

const BUDGET = 5000;
let server: TestServer;
let upstream: LocalServer;
const asked: { line: string; body: string }[] = [];

beforeAll(async () => {
  const url = (await fileOf('github-api')) ?? '';
  const { api } = await prepare({ url, output: 'github', auth: 'none', tools: 'search' });
  upstream = await listen((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ line: `${request.method} ${request.url}`, body });
      response.setHeader('Content-Type', 'application/json').end('{"number":7}');
    });
  });
  const env = { UPSTREAM_BASE_URL: upstream.url };
  const settings = readHttpSettings(api, env);
  server = await startTestServer({ api, env, call: createCall(api, settings.upstream) });
});

afterAll(() => Promise.all([server.close(), upstream.close()]));

describe.each(generations)('GitHub’s API in search mode with $name', (generation) => {
  it('takes three requests and 5,000 tokens from nothing to a called operation', async () => {
    const client = await new HttpClient(generation, server.url, { token: 'none' }).connect();
    const tools = await client.listTools();
    const query = { query: 'create an issue in a repository' };
    const found = textOf(await client.call('find_operations', query));
    // The facts that a model reads from the response: the name of the best hit, the tool that calls it, and its schema.
    const [, name = '', by = '', schema = '{}'] =
      /^(\S+) \((call_\w+)\) input schema: (.+)$/m.exec(found) ?? [];
    const { required } = JSON.parse(schema) as { required: string[] };
    expect([name, required]).toEqual(['issues_create', ['owner', 'repo', 'body']]);
    const args = { owner: 'octo', repo: 'hello', body: { title: 'It is broken' } };
    const call = { name, arguments: args };
    const result = textOf(await client.call(by, call));

    expect(asked.splice(0)).toEqual([
      { line: 'POST /repos/octo/hello/issues', body: '{"title":"It is broken"}' },
    ]);
    const sent = client.messages().filter(({ method }) => method.startsWith('tools/'));
    expect(sent).toHaveLength(3);
    const read = [JSON.stringify(tools), JSON.stringify([query, call]), found, result].join('\n');
    expect(countTokens(read)).toBeLessThan(BUDGET);
    await client.close();
  });
});
