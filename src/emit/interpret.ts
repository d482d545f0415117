import { createRequire } from 'node:module';
import type Handlebars from 'handlebars';
import { own } from '../json.js';

// Only the parser: the whole library takes three times as long to load.
const { parse } = createRequire(import.meta.url)(
  'handlebars/dist/cjs/handlebars/compiler/base.js',
) as Pick<typeof Handlebars, 'parse'>;

/** Functions that print a value, by their names in templates. */
export type Helpers = Readonly<Record<string, (text: string) => string>>;

/** Functions that rewrite a block, given its text and that of its `else`, by their names in templates. */
export type Blocks = Readonly<Record<string, (text: string, other: () => string) => string>>;

/** The values in scope at a place of a template: its own, those around it, and whether a list begins or ends here. */
interface Scope {
  readonly values: readonly unknown[];
  readonly data: Readonly<Record<string, boolean>>;
}

/**
 * Fills in a Handlebars template. The library would first compile it to a function, which takes several times as long
 * as interpreting it, for a function that is called once.
 */
export function interpret(
  template: string,
  view: object,
  helpers: Helpers,
  blocks: Blocks,
): string {
  return printProgram(parse(template), { values: [view], data: {} });

  function printProgram(program: hbs.AST.Program | undefined, scope: Scope): string {
    return (program?.body ?? []).map((statement) => print(statement, scope)).join('');
  }

  function print(statement: hbs.AST.Statement, scope: Scope): string {
    if (isContent(statement)) return statement.value;
    if (isMustache(statement)) return call(statement, scope);
    if (isBlock(statement)) return printBlock(statement, scope);
    if (statement.type === 'CommentStatement') return '';
    throw new Error(`Not supported in templates: ${statement.type}`);
  }

  function call(
    { path, params }: Pick<hbs.AST.MustacheStatement, 'path' | 'params'>,
    scope: Scope,
  ) {
    const helper = own(helpers, nameOf(path));
    if (helper === undefined) throw new Error(`No helper: ${nameOf(path)}`);
    return helper(valueOf(params[0], scope) as string);
  }

  function printBlock({ path, params, program, inverse }: hbs.AST.BlockStatement, scope: Scope) {
    const name = nameOf(path);
    const [whole, other] = [() => printProgram(program, scope), () => printProgram(inverse, scope)];
    const block = own(blocks, name);
    if (block !== undefined) return block(whole(), other);
    const value = valueOf(params[0], scope);
    if (name === 'each' && hasItems(value)) return printEach(value, program, scope);
    if (name === 'each') return other();
    if (name !== 'if' && name !== 'unless') throw new Error(`No block: ${name}`);
    const isThere = Array.isArray(value) ? hasItems(value) : Boolean(value);
    return isThere === (name === 'if') ? whole() : other();
  }

  function printEach(items: unknown[], program: hbs.AST.Program, { values }: Scope): string {
    return items
      .map((item, index) => {
        const data = { first: index === 0, last: index === items.length - 1 };
        return printProgram(program, { values: [item, ...values], data });
      })
      .join('');
  }

  function valueOf(expression: hbs.AST.Expression | undefined, scope: Scope): unknown {
    if (isCall(expression)) return call(expression, scope);
    if (!isPath(expression)) throw new Error(`Not a value: ${expression?.type ?? 'nothing'}`);
    const { data, depth, parts } = expression;
    const start: unknown = data ? scope.data : scope.values[depth];
    return parts.reduce((value, part) => memberOf(value, part, expression.original), start);
  }
}

function hasItems(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0;
}

/** A member may be missing, but not the object that would have it: that means a misspelt name. */
function memberOf(value: unknown, name: string, path: string): unknown {
  if (typeof value !== 'object' || value === null) throw new Error(`No such value: ${path}`);
  return own(value as Readonly<Record<string, unknown>>, name);
}

function nameOf(path: hbs.AST.PathExpression | hbs.AST.Literal): string {
  return isPath(path) ? path.original : path.type;
}

type Node = hbs.AST.Node | undefined;

const is = (type: string) => (node: Node) => node?.type === type;
const isContent = is('ContentStatement') as (node: Node) => node is hbs.AST.ContentStatement;
const isMustache = is('MustacheStatement') as (node: Node) => node is hbs.AST.MustacheStatement;
const isBlock = is('BlockStatement') as (node: Node) => node is hbs.AST.BlockStatement;
const isCall = is('SubExpression') as (node: Node) => node is hbs.AST.SubExpression;
const isPath = is('PathExpression') as (node: Node) => node is hbs.AST.PathExpression;
