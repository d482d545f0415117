/**
 * Around a whole run of vitest, as its globalSetup: records what the run writes, and fails it when that shows a
 * secret that any of its tests made.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertNoSecrets, SecretSearch, secretsFile } from './secrets.js';

const folder = mkdtempSync(join(tmpdir(), 'openapi-to-mcp-secrets-'));
const file = join(folder, 'secrets');
const written: string[] = [];

let users = 0;

export function setup(): void {
  // Once for a run, of however many projects of vitest.
  users += 1;
  if (users > 1) return;
  writeFileSync(file, '', { mode: 0o600 });
  process.env[secretsFile] = file;
  for (const stream of [process.stdout, process.stderr]) record(stream);
}

/** What workers and their children write comes through here too: vitest hands them pipes. */
function record(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (chunk: string | Uint8Array, ...more: unknown[]) => {
    written.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    return write(chunk, ...more);
  };
}

export function teardown(): void {
  users -= 1;
  if (users > 0) return;
  const search = new SecretSearch();
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  rmSync(folder, { recursive: true });
  for (const line of lines) search.add(...(JSON.parse(line) as [label: string, value: string]));
  try {
    assertNoSecrets('The output of this run', written.join(''), search);
  } catch (error) {
    // vitest reports what a teardown throws, and ends with 0.
    process.exitCode = 1;
    throw error;
  }
}
