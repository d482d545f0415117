import { api } from '../generated/api.js';
import type { Json, JsonObject, Tool } from '../runtime/api.js';

/** A call whose request can be derived from the document alone: values in the path and the query, one word each. */
export interface Sample {
  readonly tool: Tool;
  readonly args: JsonObject;
  /** Method, path and query, below the API's base URL. */
  readonly line: string;
}

/** A call of a tool that only reads and does not ask the user, if such a call is possible. */
export function readSample(tool: Tool): Sample | undefined {
  const { annotations, confirm = false } = tool;
  return annotations.readOnlyHint && confirm === false && canCall(tool)
    ? sampleOf(tool)
    : undefined;
}

/** Whether variables can provide the credentials that a tool needs: not a certificate, nor custom code. */
function canCall({ request: { security = [{}] } }: Tool): boolean {
  const isHeld = (name: string) => {
    const scheme = api.securitySchemes[name];
    if (scheme?.type === 'http') return ['basic', 'bearer'].includes(scheme.scheme);
    return scheme !== undefined && scheme.type !== 'mutualTLS';
  };
  return security.length === 0 || security.some((needed) => Object.keys(needed).every(isHeld));
}

function sampleOf(tool: Tool): Sample | undefined {
  const { inputSchema, request } = tool;
  const properties = (inputSchema['properties'] ?? {}) as Record<string, Record<string, unknown>>;
  const required = (inputSchema['required'] ?? []) as string[];
  if (request.method !== 'GET' || /[?#]/.test(request.path)) return undefined;
  let { path } = request;
  const query: string[] = [];
  const args: JsonObject = {};
  for (const parameter of request.parameters ?? []) {
    const argument = parameter.argument ?? parameter.name;
    const isNeeded = parameter.in === 'path' || required.includes(argument);
    if (!isNeeded && parameter.default === undefined) continue;
    const value = word(properties[argument] ?? {});
    const isPlain = parameter.style === undefined && parameter.content === undefined;
    if (value === undefined || !isPlain || !/^\w+$/.test(parameter.name)) return undefined;
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, value.toString());
    else if (parameter.in === 'query') query.push(`${parameter.name}=${value}`);
    else return undefined;
    args[argument] = value;
  }
  if (required.some((name) => args[name] === undefined)) return undefined;
  return { tool, args, line: `GET ${path}${query.length > 0 ? `?${query.join('&')}` : ''}` };
}

/** A value that needs no encoding, if the schema allows one. */
function word(schema: Record<string, unknown>): string | number | undefined {
  const { type, enum: values, minLength = 0, maxLength = 9, minimum = 1 } = schema;
  const simple = ['type', 'description', 'enum', 'default', 'minLength', 'maxLength', 'minimum'];
  const hints = ['examples', 'title', 'deprecated'];
  if (!Object.keys(schema).every((key) => simple.includes(key) || hints.includes(key))) return;
  const [first] = (values ?? []) as Json[];
  if (typeof first === 'string' || typeof first === 'number')
    return /^\w+$/.test(String(first)) ? first : undefined;
  if (type === 'integer' || type === 'number')
    return Number.isInteger(minimum) ? Number(minimum) : undefined;
  if (type !== 'string' || values !== undefined || Number(maxLength) < 1) return undefined;
  return 'a'.repeat(Math.max(1, Number(minLength)));
}
