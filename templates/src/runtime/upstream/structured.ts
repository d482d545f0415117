import { isObject, type Json, type JsonObject, type JsonSchema } from '../api.js';
import { follow } from './keywords.js';
import { digitsOf } from './numbers.js';

/**
 * A response in the form of a tool's `outputSchema`, so that no client refuses the result: a value of another type
 * than documented becomes null, as does a number that JavaScript would round. The text of the result is complete.
 */
export function structure(answer: Json | undefined, schema: JsonSchema): JsonObject {
  const whole = schema as JsonObject;
  const properties = isObject(whole['properties']) ? whole['properties'] : {};
  const isWrapped = Object.keys(properties).join() === 'result' && !hasMember(answer, 'result');
  const value = conform(isWrapped ? { result: answer ?? null } : (answer ?? null), whole, whole);
  return isObject(value) ? value : {};
}

const MAX_DEPTH = 200;

function hasMember(answer: Json | undefined, name: string): boolean {
  return isObject(answer) && Object.hasOwn(answer, name);
}

function conform(value: Json, schema: Json | undefined, root: JsonObject, depth = 0): Json {
  if (depth > MAX_DEPTH) return null;
  const own = isObject(schema) ? meant(schema, root) : {};
  if (typeof value === 'string' && digitsOf(value) !== undefined) return null;
  const types = [own['type'] ?? []].flat();
  if (types.length > 0 && !types.includes(typeOf(value))) return null;
  if (Array.isArray(value))
    return value.map((item) => conform(item, own['items'], root, depth + 1));
  if (!isObject(value)) return value;
  const properties = isObject(own['properties']) ? own['properties'] : {};
  const members = Object.entries(value).map(([name, member]) => {
    return [
      name,
      conform(
        member,
        Object.hasOwn(properties, name) ? properties[name] : undefined,
        root,
        depth + 1,
      ),
    ] as const;
  });
  return Object.fromEntries(members);
}

function meant(schema: JsonObject, root: JsonObject): JsonObject {
  const { $ref } = schema;
  if (typeof $ref !== 'string') return schema;
  const target = follow($ref, root);
  return isObject(target) ? target : {};
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
