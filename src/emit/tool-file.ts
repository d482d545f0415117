import { VariableDeclarationKind, type SourceFile } from 'ts-morph';
import type { Plan } from '../plan/plan.js';
import { toolIdentifier } from './identifier.js';
import { printComment, printValue } from './print.js';

type Tool = Plan['api']['tools'][number];

/** Writes the file of one tool: a constant that is the tool. */
export function writeTool(file: SourceFile, tool: Tool): void {
  file.addImportDeclaration({
    isTypeOnly: true,
    namedImports: ['Tool'],
    moduleSpecifier: '../../runtime/api.js',
  });
  file.addVariableStatement({
    docs: [printComment(`${tool.request.method} ${tool.request.path}`)],
    isExported: true,
    declarationKind: VariableDeclarationKind.Const,
    declarations: [
      { name: toolIdentifier(tool.name), type: 'Tool', initializer: printValue(tool) },
    ],
  });
}
