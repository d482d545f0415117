import type { Json, JsonObject } from '../document.js';
import { childOf, isObject } from '../../json.js';
import { isReference } from '../json.js';
import { splitSchema } from './swagger-parameter.js';

/** Upgrades a response of a 2.0 document; `produces` may be empty. */
export function upgradeResponse(response: Json, produces: readonly string[]): Json {
  if (!isObject(response) || isReference(response)) return response;
  const { schema, examples, headers, ...rest } = response;
  const content = contentOf(schema, isObject(examples) ? examples : {}, produces);
  const upgraded = isObject(headers) && { headers: upgradeHeaders(headers) };
  return { ...rest, ...upgraded, ...(Object.keys(content).length > 0 && { content }) };
}

function contentOf(
  schema: Json | undefined,
  examples: JsonObject,
  produces: readonly string[],
): JsonObject {
  const stated = schema === undefined ? [] : typesOf(schema, produces);
  const types = new Set([...stated, ...Object.keys(examples).filter((key) => key.includes('/'))]);
  return Object.fromEntries(
    [...types].map((type) => {
      const example = childOf(examples, type);
      const media: JsonObject = {
        ...(schema !== undefined && { schema: structuredClone(schema) }),
      };
      return [type, example === undefined ? media : { ...media, example }];
    }),
  );
}

function typesOf(schema: Json, produces: readonly string[]): readonly string[] {
  if (produces.length > 0) return produces;
  return childOf(schema, 'type') === 'file' ? ['application/octet-stream'] : ['application/json'];
}

function upgradeHeaders(headers: JsonObject): JsonObject {
  const upgraded: JsonObject = {};
  for (const [name, header] of Object.entries(headers)) upgraded[name] = upgradeHeader(header);
  return upgraded;
}

function upgradeHeader(header: Json): Json {
  if (!isObject(header) || isReference(header)) return header;
  const { schema, rest } = splitSchema(header);
  return { ...rest, schema };
}
