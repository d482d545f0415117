import type { Plan } from '../plan/types.js';
import { printApi } from './api-file.js';
import type { OutputFile } from './file.js';
import { toolFileStem } from './identifier.js';
import { printScopes } from './scopes-file.js';
import { printTool } from './tool-file.js';

/** The files of `src/generated`. */
export function generatedFiles({ api }: Plan): OutputFile[] {
  const count = api.tools.length;
  return [
    generated('api.ts', printApi(api)),
    generated('scopes.ts', printScopes(api)),
    ...api.tools.map((tool) =>
      generated(`tools/${toolFileStem(tool.name)}.ts`, printTool(tool, count)),
    ),
  ];
}

function generated(name: string, content: string): OutputFile {
  return { path: `src/generated/${name}`, content, owner: 'generated' };
}
