import { Project, type SourceFile } from 'ts-morph';
import type { Plan } from '../plan/plan.js';
import { writeApi } from './api-file.js';
import type { OutputFile } from './file.js';
import { toolFileStem } from './identifier.js';
import { writeScopes } from './scopes-file.js';
import { writeTool } from './tool-file.js';

/** The files of `src/generated`, not yet formatted. One at a time, so that ten thousand tools need the memory of one. */
export function* generatedFiles({ api }: Plan): Generator<OutputFile> {
  const project = new Project({ useInMemoryFileSystem: true });
  yield print(project, 'api.ts', (file) => writeApi(file, api));
  yield print(project, 'scopes.ts', (file) => writeScopes(file, api));
  for (const tool of api.tools) {
    yield print(project, `tools/${toolFileStem(tool.name)}.ts`, (file) =>
      writeTool(file, tool, api.tools.length),
    );
  }
}

function print(project: Project, name: string, write: (file: SourceFile) => void): OutputFile {
  const file = project.createSourceFile(name);
  write(file);
  const content = file.getFullText();
  file.forget();
  return { path: `src/generated/${name}`, content, owner: 'generated' };
}
