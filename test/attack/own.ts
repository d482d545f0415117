import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../support/fixtures.js';
import { bundle, buildProject } from '../support/project.js';
import type { Tools } from './stage.js';
import { generatedVariables, type Meaning, type Target } from './target.js';

/** The tool of api.yaml that stands for all that reads. */
export const ownTools: Tools = {
  read: 'read_note',
  readArguments: { id: '1' },
  readScope: 'notes.read',
};

/** Custom code, which hides an operation. */
async function hideVault(folder: string): Promise<void> {
  const path = join(folder, 'src/main.ts');
  const main = await readFile(path, 'utf8');
  const [from, to] = ["import { api } from './generated/api.js';", hiding];
  if (!main.includes(from)) throw new Error('main.ts imports the API otherwise.');
  await writeFile(path, main.replace(from, to));
  await bundle(folder);
}

const hiding = `import { api as generated } from './generated/api.js';
import { hideTool } from './runtime/customize.js';
const api = hideTool(generated, 'read_vault');
`;

/** What the server runs on. */
export type Platform = 'node' | 'workers';

/** The server that is generated from api.yaml, built. */
export async function buildTarget(platform: Platform = 'node'): Promise<{
  target: Target;
  folder: string;
  remove: () => Promise<void>;
}> {
  const project = await buildProject('attacked', {
    source: 'test/attack/api.yaml',
    args: [
      ...['--oauth-server', 'https://auth.example.com'],
      ...(platform === 'workers' ? ['--target', platform] : []),
    ],
  });
  const { folder } = project;
  await hideVault(folder);
  return {
    target: platform === 'node' ? targetIn(folder) : workerIn(folder),
    folder,
    remove: () => project.remove(),
  };
}

export function targetIn(folder: string): Target {
  return { command: process.execPath, args: [join(folder, 'dist/main.js')], cwd: folder };
}

/** The same as a Worker in workerd, which begins with its first request. */
function workerIn(folder: string): Target {
  const args = [join(root, 'test/support/workerd.js'), folder];
  const variables = (meaning: Meaning) => ({
    ...generatedVariables(meaning),
    // A server that listens on loopback has that name by itself.
    MCP_ALLOWED_HOSTS: 'localhost',
  });
  return { command: process.execPath, args, cwd: folder, wakes: '/healthz', variables };
}
