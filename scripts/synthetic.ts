/** The numbers of the schemas that a schema refers to. */
type ReferTo = (index: number, size: number) => number[];

/**
 * Schemas that refer to their neighbours, and schemas that all lead to all others, as in Microsoft Graph, where the
 * schema of every tool has the maximum length.
 */
export const shapes = { neighbours: nextNeighbour, everything: anywhere } as const;

/** A shape of documents. */
export type Shape = keyof typeof shapes;

/** This many operations, each with parameters and a body. Operations share schemas, some of them recursive. */
export function synthetic(size: number, shape: Shape): object {
  const referTo: ReferTo = shapes[shape];
  const numbers = Array.from({ length: size }, (_, index) => index);
  const schemas = numbers.map((index) => [`Schema${index}`, schema(referTo(index, size))] as const);
  const paths = numbers.map(
    (index) => [`/things${index}/{id}`, { post: operation(index) }] as const,
  );
  return {
    openapi: '3.1.0',
    info: { title: 'Synthetic', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    paths: Object.fromEntries(paths),
    components: { schemas: Object.fromEntries(schemas) },
  };
}

function operation(index: number): object {
  return {
    operationId: `changeThing${index}`,
    summary: `Change thing ${index}`,
    parameters: [
      { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'fields', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
    ],
    requestBody: {
      content: { 'application/json': { schema: { $ref: `#/components/schemas/Schema${index}` } } },
    },
    responses: { 200: { description: 'Changed' } },
  };
}

/** Chains of ten, the last of which refers to the first: recursion, and references that stay local. */
function nextNeighbour(index: number, size: number): number[] {
  const first = index - (index % 10);
  return [index % 10 === 9 ? first : Math.min(index + 1, size - 1)];
}

/** Steps of several lengths around a circle, so that every schema reaches every other one in a few steps. */
function anywhere(index: number, size: number): number[] {
  return [1, 7, 61, 499].map((step) => (index + step) % size);
}

function schema(others: readonly number[]): object {
  const references = others.map(
    (other, index) => [`next${index}`, { $ref: `#/components/schemas/Schema${other}` }] as const,
  );
  return {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', maxLength: 100 },
      state: { type: 'string', enum: ['open', 'closed'] },
      ...Object.fromEntries(references),
    },
  };
}
