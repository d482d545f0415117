import type { Plan } from '../plan/types.js';
import { toolFileStem, toolIdentifier } from './identifier.js';
import { lineWidth, printMember } from './literal.js';

type Api = Plan['api'];

/** Prints `api.ts`: the API as this server offers it, and the union of its tools' names. */
export function printApi(api: Api): string {
  return `import { toolList, type Api } from '../runtime/api.js';
import { scopes } from './scopes.js';
${printImports(api)}
/** The name of a tool of this server. */
export type ToolName = keyof typeof scopes;

/** The API as this server offers it. */
export const api: Api = {
${printMembers(api)}};
`;
}

/**
 * Node opens all modules that one module imports before it closes the first. Many systems limit a process to 4,096 open
 * files, others to about ten thousand.
 */
const maxImports = 2000;

function printImports({ tools }: Api): string {
  const imports = tools.map(({ name }) => {
    const [identifier, file] = [toolIdentifier(name), `'./tools/${toolFileStem(name)}.js'`];
    return tools.length > maxImports
      ? printAwaited(identifier, file)
      : `import { ${identifier} } from ${file};\n`;
  });
  if (tools.length <= maxImports) return imports.join('');
  const reason =
    '// Importing all tools at once would exceed the limit of open files, so they are imported one by one.\n';
  return `\n${reason}${imports.join('')}`;
}

/** Imports one after another: with `await`, each module is closed before the next is opened. */
function printAwaited(identifier: string, file: string): string {
  const line = `const { ${identifier} } = await import(${file});\n`;
  return line.length - 1 <= lineWidth
    ? line
    : `const { ${identifier} } =\n  await import(${file});\n`;
}

function printMembers({ scopes: _, tools, ...facts }: Api): string {
  const members = Object.entries<unknown>(facts)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => printMember(key, value, '  '));
  const list = `tools: ${printToolList(tools.map(({ name }) => toolIdentifier(name)))}`;
  return [...members, 'scopes', list].map((member) => `  ${member},\n`).join('');
}

function printToolList(identifiers: readonly string[]): string {
  const line = `toolList(${identifiers.join(', ')})`;
  if ('  tools: '.length + line.length + 1 <= lineWidth) return line;
  return `toolList(\n${identifiers.map((name) => `    ${name},\n`).join('')}  )`;
}
