import { ts } from 'ts-morph';
import { Unreadable } from './unreadable.js';

/** A module that exports one constant. */
export interface LiteralModule {
  /** The names that it imports as values, and from where. */
  readonly imports: ReadonlyMap<string, string>;
  /** The name of the constant. */
  readonly name: string;
  readonly expression: ts.Expression;
}

/** Reads a module that declares types and one constant, and does nothing else. @throws Unreadable */
export function parseLiteralModule(content: string): LiteralModule {
  const file = ts.createSourceFile(
    'module.ts',
    content,
    {
      languageVersion: ts.ScriptTarget.Latest,
      jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
    },
    false,
    ts.ScriptKind.TS,
  );
  refuseSyntaxErrors(file);
  const imports = new Map<string, string>();
  const constants: ts.VariableStatement[] = [];
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) addImports(statement, imports);
    else if (addAwaitedImport(statement, imports)) continue;
    else if (ts.isVariableStatement(statement)) constants.push(statement);
    else if (!ts.isTypeAliasDeclaration(statement) && !ts.isInterfaceDeclaration(statement))
      throw new Unreadable('a statement that this program does not print', statement.end);
  }
  const [constant, second] = constants;
  if (constant === undefined) throw new Unreadable('no constant');
  if (second !== undefined) throw new Unreadable('a second constant', second.end);
  return { imports, ...readConstant(constant) };
}

/** The parser goes on after a mistake; what it made up must not count. */
function refuseSyntaxErrors(file: ts.SourceFile): void {
  const { parseDiagnostics } = file as { parseDiagnostics?: readonly ts.Diagnostic[] };
  const [first] = parseDiagnostics ?? [];
  if (first !== undefined) throw new Unreadable('a mistake of syntax', first.start);
}

function addImports(statement: ts.ImportDeclaration, imports: Map<string, string>): void {
  const { importClause: clause, moduleSpecifier } = statement;
  if (clause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return;
  const names = clause?.namedBindings;
  const isPlain = clause?.name === undefined && names !== undefined && ts.isNamedImports(names);
  if (!isPlain || !ts.isStringLiteral(moduleSpecifier))
    throw new Unreadable('an import that this program does not print', statement.end);
  for (const { name, propertyName, isTypeOnly } of names.elements) {
    if (isTypeOnly) continue;
    if (propertyName !== undefined) throw new Unreadable('an import under another name', name.end);
    imports.set(name.text, moduleSpecifier.text);
  }
}

/** `const { name } = await import('…');`: how many tools are imported, one after another. */
function addAwaitedImport(statement: ts.Statement, imports: Map<string, string>): boolean {
  if (!ts.isVariableStatement(statement) || statement.modifiers !== undefined) return false;
  const [declaration, second] = statement.declarationList.declarations;
  const { name: names, initializer: awaited } = declaration ?? {};
  if (second !== undefined || awaited === undefined || !ts.isAwaitExpression(awaited)) return false;
  const { expression: call } = awaited;
  if (!ts.isCallExpression(call) || call.expression.kind !== ts.SyntaxKind.ImportKeyword)
    return false;
  const [from, more] = call.arguments;
  if (from === undefined || !ts.isStringLiteral(from) || more !== undefined) return false;
  if (names === undefined || !ts.isObjectBindingPattern(names)) return false;
  for (const { name, propertyName, initializer, dotDotDotToken } of names.elements) {
    const isPlain = [propertyName, initializer, dotDotDotToken].every((part) => part === undefined);
    if (!isPlain || !ts.isIdentifier(name)) return false;
    imports.set(name.text, from.text);
  }
  return true;
}

function readConstant(statement: ts.VariableStatement): Pick<LiteralModule, 'name' | 'expression'> {
  const { declarations, flags } = statement.declarationList;
  const [declaration, second] = declarations;
  const isConstant = Boolean(flags & ts.NodeFlags.Const);
  const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (
    isExported !== true ||
    !isConstant ||
    second !== undefined ||
    declaration?.initializer === undefined ||
    !ts.isIdentifier(declaration.name)
  )
    throw new Unreadable('a declaration that this program does not print', statement.end);
  return { name: declaration.name.text, expression: declaration.initializer };
}
