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
    { isTypeOnly: true, namedImports: ['Api'], moduleSpecifier: '../runtime/api.js' },
    { namedImports: ['toolList'], moduleSpecifier: '../runtime/tool-list.js' },
    { namedImports: ['scopes'], moduleSpecifier: './scopes.js' },
    ...api.tools.map(({ name }) => ({
      namedImports: [toolIdentifier(name)],
      moduleSpecifier: `./tools/${toolFileStem(name)}.js`,
    })),
  ]);
}

function printApi({ scopes: _, tools, ...facts }: Api): string {
  const members = Object.entries<unknown>(facts)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${printKey(key)}: ${printValue(value)},`);
  // The line break keeps the object open, one member a line, however short it is.
  const list = tools.map(({ name }) => toolIdentifier(name)).join(', ');
  return `{\n${members.join('\n')}\nscopes,\ntools: toolList(${list}),\n}`;
}
