import { VariableDeclarationKind, type SourceFile } from 'ts-morph';
import type { Plan } from '../plan/plan.js';
import { toolIdentifier } from './identifier.js';
import { printComment, printValue } from './print.js';

type Tool = Plan['api']['tools'][number];

/**
 * How long a tool, in characters, and how many tools may be kept as types, literal by literal, for `ArgumentsOf`.
 * With more, compiling takes several times as long, for what custom code hardly needs.
 */
const limits = { length: 4096, tools: 1000 };

/** Writes the file of one tool of so many: a constant that is the tool. */
export function writeTool(file: SourceFile, tool: Tool, tools: number): void {
  file.addImportDeclaration({
    isTypeOnly: true,
    namedImports: ['Tool'],
    moduleSpecifier: '../../runtime/api.js',
  });
  const name = toolIdentifier(tool.name);
  const value = printValue(tool);
  file.addVariableStatement({
    docs: [printComment(`${tool.request.method} ${tool.request.path}`)],
    isExported: true,
    declarationKind: VariableDeclarationKind.Const,
    declarations: [
      value.length > limits.length || tools > limits.tools
        ? { name, type: 'Tool', initializer: value }
        : { name, initializer: `${value} as const satisfies Tool` },
    ],
  });
}
