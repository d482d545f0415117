import { join } from 'node:path';
import { buildProject } from '../support/project.js';
import type { Tools } from './stage.js';
import type { Target } from './target.js';

/** The tool of api.yaml that stands for all that reads. */
export const ownTools: Tools = {
  read: 'read_note',
  readArguments: { id: '1' },
  readScope: 'notes.read',
};

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
  return { target: targetIn(folder), folder, remove: () => project.remove() };
}

export function targetIn(folder: string): Target {
  return { command: process.execPath, args: [join(folder, 'dist/main.js')], cwd: folder };
}
