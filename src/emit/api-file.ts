import { VariableDeclarationKind, type SourceFile } from 'ts-morph';
import type { Plan } from '../plan/plan.js';
import { toolFileStem, toolIdentifier } from './identifier.js';
import { printKey, printValue } from './print.js';

type Api = Plan['api'];

/** Writes `api.ts`: the API as this server offers it, and the union of its tools' names. */
export function writeApi(file: SourceFile, api: Api): void {
  addImports(file, api);
  file.addTypeAlias({
    docs: ['The name of a tool of this server.'],
    isExported: true,
    name: 'ToolName',
    type: 'keyof typeof scopes',
  });
  file.addVariableStatement({
    docs: ['The API as this server offers it.'],
    isExported: true,
    declarationKind: VariableDeclarationKind.Const,
    declarations: [{ name: 'api', type: 'Api', initializer: printApi(api) }],
  });
}

function addImports(file: SourceFile, api: Api): void {
  file.addImportDeclarations([
    {
      namedImports: [{ name: 'Api', isTypeOnly: true }, 'toolList'],
      moduleSpecifier: '../runtime/api.js',
    },
    { namedImports: ['scopes'], moduleSpecifier: './scopes.js' },
  ]);
  if (api.tools.length > maxImports) addAwaitedImports(file, api);
  else file.addImportDeclarations(api.tools.map(importOf));
}

/**
 * Node opens all modules that one module imports before it closes the first. A process may have 4,096 open files on
 * many systems, and no more than some ten thousand on others.
 */
const maxImports = 2000;

/** The same one after another: awaited, each module is closed before the next is opened. */
function addAwaitedImports(file: SourceFile, { tools }: Api): void {
  file.addStatements([
    '// There are more tools than Node may have files open, so they are not imported all at once.',
    ...tools
      .map(importOf)
      .map(
        ({ namedImports, moduleSpecifier }) =>
          `const { ${namedImports.join(', ')} } = await import('${moduleSpecifier}');`,
      ),
  ]);
}

function importOf({ name }: Api['tools'][number]) {
  return {
    namedImports: [toolIdentifier(name)],
    moduleSpecifier: `./tools/${toolFileStem(name)}.js`,
  };
}

function printApi({ scopes: _, tools, ...facts }: Api): string {
  const members = Object.entries<unknown>(facts)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${printKey(key)}: ${printValue(value)},`);
  // The line break keeps the object open, one member a line, however short it is.
  const list = tools.map(({ name }) => toolIdentifier(name)).join(', ');
  return `{\n${members.join('\n')}\nscopes,\ntools: toolList(${list}),\n}`;
}
