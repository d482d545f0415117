/**
 * Around a whole run of vitest, as its globalSetup: records the output of the run, and fails it if the output contains
 * a secret that any of its tests made.
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
  // Once per run, for any number of vitest projects.
  users += 1;
  if (users > 1) return;
  writeFileSync(file, '', { mode: 0o600 });
  process.env[secretsFile] = file;
  for (const stream of [process.stdout, process.stderr]) record(stream);
}

/** The output of workers and their children passes through here too: vitest gives them pipes. */
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
    // vitest reports an error in a teardown, but exits with 0.
    process.exitCode = 1;
    throw error;
  }
}
