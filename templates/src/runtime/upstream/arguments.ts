import type { JsonSchemaValidator } from '@modelcontextprotocol/server';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import type { JsonObject, Tool } from '../api.js';
import { ArgumentError } from './argument-error.js';
import { takeLeniently } from './lenient.js';

/** Checks the arguments of a call against the tool's schema. @throws ArgumentError when they do not fit. */
export type ReadArguments = (tool: Tool, args: JsonObject) => JsonObject;

/** Longer messages help nobody, and a large array can have a complaint for each of its items. */
const longestMessage = 2000;

const MAX_UNKNOWN = 100;

/** Compiles a tool's schema when it is first called: a thousand of them would cost a second at start. */
export function createReadArguments(): ReadArguments {
  const engine = new AjvJsonSchemaValidator();
  const validators = new WeakMap<Tool, JsonSchemaValidator<JsonObject>>();
  const validatorOf = (tool: Tool): JsonSchemaValidator<JsonObject> => {
    const known = validators.get(tool);
    const validator = known ?? engine.getValidator<JsonObject>(tool.inputSchema);
    validators.set(tool, validator);
    return validator;
  };
  return (tool, args) => {
    refuseStrangers(tool, args);
    const taken = takeLeniently(args, tool.inputSchema as JsonObject);
    const { valid, errorMessage } = validatorOf(tool)(taken);
    if (valid) return taken;
    throw new ArgumentError(describe(tool, taken, errorMessage));
  };
}

/** Beyond a slip of the pen: validation would compose a complaint about each, which takes long. */
function refuseStrangers(tool: Tool, args: JsonObject): void {
  const unknown = unknownNames(tool, args);
  if (unknown.length <= MAX_UNKNOWN) return;
  throw new ArgumentError(
    `This tool has no arguments of ${unknown.length} of the names that were sent, such as ${quoted(unknown)}.`,
  );
}

function describe(tool: Tool, args: JsonObject, message: string): string {
  // ajv calls the arguments `data`, and does not say which property is the additional one.
  const readable = message.replaceAll(/\bdata(?=\/| must)/g, 'arguments').slice(0, longestMessage);
  const unknown = unknownNames(tool, args);
  const hint = unknown.length === 0 ? '' : ` Not an argument of this tool: ${quoted(unknown)}.`;
  return `The arguments do not fit the tool's input schema: ${readable}.${hint}`;
}

function unknownNames({ inputSchema }: Tool, args: JsonObject): string[] {
  const { additionalProperties, properties } = inputSchema;
  if (additionalProperties !== false) return [];
  const known = new Set(Object.keys(properties ?? {}));
  return Object.keys(args).filter((name) => !known.has(name));
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => JSON.stringify(name.slice(0, 64)));
  return shown.join(', ');
}
