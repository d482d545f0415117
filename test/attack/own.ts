import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle, buildProject } from '../support/project.js';
import type { Tools } from './stage.js';
import type { Target } from './target.js';

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

/** The server that is generated from api.yaml, built. */
export async function buildTarget(): Promise<{
  target: Target;
  folder: string;
  remove: () => Promise<void>;
}> {
  const project = await buildProject('attacked', {
    source: 'test/attack/api.yaml',
    args: ['--oauth-server', 'https://auth.example.com'],
  });
  const { folder } = project;
  await hideVault(folder);
  return { target: targetIn(folder), folder, remove: () => project.remove() };
}

export function targetIn(folder: string): Target {
  return { command: process.execPath, args: [join(folder, 'dist/main.js')], cwd: folder };
}
