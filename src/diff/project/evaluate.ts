import { ts } from 'ts-morph';
import { record } from '../../json.js';
import { Unreadable } from './unreadable.js';

/**
 * The value of an expression of literals, and of names that stand for what is known already. Nothing is run.
 * @throws Unreadable for any other expression
 */
export function evaluate(node: ts.Expression, names: ReadonlyMap<string, unknown>): unknown {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
    return evaluate(node.expression, names);
  if (ts.isArrayLiteralExpression(node)) return node.elements.map((item) => evaluate(item, names));
  if (ts.isObjectLiteralExpression(node)) return evaluateObject(node, names);
  if (ts.isPrefixUnaryExpression(node)) return evaluateNegative(node);
  if (ts.isIdentifier(node)) return evaluateName(node, names);
  if (isToolList(node)) return node.arguments.map((item) => evaluate(item, names));
  switch (node.kind) {
    case ts.SyntaxKind.TrueKeyword:
      return true;
    case ts.SyntaxKind.FalseKeyword:
      return false;
    case ts.SyntaxKind.NullKeyword:
      return null;
    default:
      throw notLiteral(node);
  }
}

/** The one function that is called, because it returns what it is given. */
function isToolList(node: ts.Expression): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'toolList'
  );
}

function evaluateNegative(node: ts.PrefixUnaryExpression): number {
  const { operator, operand } = node;
  if (operator !== ts.SyntaxKind.MinusToken || !ts.isNumericLiteral(operand))
    throw notLiteral(node);
  return -Number(operand.text);
}

function evaluateName(node: ts.Identifier, names: ReadonlyMap<string, unknown>): unknown {
  if (!names.has(node.text)) throw notLiteral(node);
  return names.get(node.text);
}

function evaluateObject(
  node: ts.ObjectLiteralExpression,
  names: ReadonlyMap<string, unknown>,
): Record<string, unknown> {
  const entries = node.properties.map((member): [string, unknown] => {
    if (ts.isShorthandPropertyAssignment(member))
      return [member.name.text, evaluateName(member.name, names)];
    if (!ts.isPropertyAssignment(member)) throw notLiteral(member);
    return [keyOf(member.name), evaluate(member.initializer, names)];
  });
  const result = record(entries);
  if (Object.keys(result).length < entries.length) throw new Unreadable('a member twice', node.end);
  return result;
}

function keyOf(name: ts.PropertyName): string {
  if (ts.isComputedPropertyName(name)) {
    const key = evaluate(name.expression, new Map());
    if (typeof key === 'string') return key;
    throw notLiteral(name);
  }
  // Spelt like this, it is no member: it is the prototype.
  if (ts.isPrivateIdentifier(name) || ts.isBigIntLiteral(name) || name.text === '__proto__')
    throw notLiteral(name);
  return name.text;
}

function notLiteral(node: ts.Node): Unreadable {
  return new Unreadable('an expression that is no literal', node.end);
}
