import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { Client, type Tool } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Plan } from '../../src/plan/plan.js';
import { root } from '../support/fixtures.js';

/** Type-checks and builds a written project with the compiler of its package.json. */
export async function compile(folder: string): Promise<string[]> {
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const tsc = join(root, 'node_modules/typescript-native/bin/tsc');
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', folder], { maxBuffer: 2 ** 26 });
    return [];
  } catch (error) {
    const output = (error as { stdout?: string }).stdout ?? '';
    const errors = output.split('\n').filter((line) => line.includes('error TS'));
    return [`it does not compile (${errors.length} errors): ${errors[0] ?? String(error)}`];
  }
}

/** Starts a built project over stdio, and compares what the official client lists to the plan. */
export async function boot(folder: string, { api }: Plan): Promise<string[]> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['dist/main.js', '--stdio'],
    cwd: folder,
    env: api.baseUrl === undefined ? { UPSTREAM_BASE_URL: 'http://localhost:9' } : {},
    stderr: 'pipe',
  });
  let log = '';
  transport.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const client = new Client({ name: 'corpus', version: '1.0.0' });
  try {
    await client.connect(transport);
    return compare((await client.listTools()).tools, api.tools);
  } catch (error) {
    return [`it does not boot: ${String(error)} ${log.trim()}`];
  } finally {
    await client.close();
  }
}

function compare(listed: readonly Tool[], planned: Plan['api']['tools']): string[] {
  if (listed.length !== planned.length)
    return [`tools/list has ${listed.length} tools, not ${planned.length}`];
  return planned.flatMap(({ name, title, description, inputSchema }, index) => {
    const tool = listed[index];
    if (tool?.name !== name)
      return [`tools/list has ${tool?.name ?? 'nothing'} instead of ${name}`];
    const same = isDeepStrictEqual(
      [tool.title, tool.description, tool.inputSchema],
      [title, description, inputSchema],
    );
    return same ? [] : [`tools/list has another title, description or schema for ${name}`];
  });
}
