import { VariableDeclarationKind, type SourceFile } from 'ts-morph';
import type { Plan } from '../plan/plan.js';
import { printComment, printKey, printValue } from './print.js';
import { scopesOf } from './scopes-of.js';

export { scopesOf } from './scopes-of.js';

type Api = Plan['api'];
type Tool = Api['tools'][number];

/** Writes `scopes.ts`: what a token needs to call each tool, on a page that can be reviewed. */
export function writeScopes(file: SourceFile, api: Api): void {
  file.addImportDeclaration({
    isTypeOnly: true,
    namedImports: ['ScopeAlternatives'],
    moduleSpecifier: '../runtime/api.js',
  });
  file.addVariableStatement({
    docs: [
      'What a token needs to call each tool: every scope of at least one of the alternatives.\n' +
        'Without an alternative, any valid token is enough.',
    ],
    isExported: true,
    declarationKind: VariableDeclarationKind.Const,
    declarations: [{ name: 'scopes', initializer: printScopes(api) }],
  });
}

function printScopes(api: Api): string {
  const lines = api.tools.map(
    (tool) => `${printTool(tool)}${printValue(scopesOf(api, tool.name))},`,
  );
  return `{\n${lines.join('\n')}\n} satisfies Record<string, ScopeAlternatives>`;
}

function printTool({ name, request }: Tool): string {
  return `// ${printComment(`${request.method} ${request.path}`)}\n${printKey(name)}: `;
}
