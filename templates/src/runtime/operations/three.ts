import type { Api, Tool, ToolAnnotations } from '../api.js';
import type { ResourceMap } from './map.js';

/** The names of the three tools; custom code may choose others in `api.searchTools`. */
export function toolNames({ searchTools }: Api) {
  return {
    find: 'find_operations',
    read: 'call_read_operation',
    write: 'call_write_operation',
    ...searchTools,
  };
}

/** Whether an operation only reads. The method decides: hints may be edited, and must not open the wrong tool. */
export function isRead({ request }: Tool): boolean {
  return ['GET', 'HEAD', 'QUERY'].includes(request.method);
}

const MAX_TITLE = 100;
const MAX_RESOURCES = 700;
const READS: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
const WRITES: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: false,
};
// None of the three calls the API itself: `request` is for tools that do.
const request = { method: '', path: '/' };

/** The definitions of the three tools. Their size does not depend on the document. */
export function metaTools(api: Api, map: ResourceMap): Tool[] {
  const names = toolNames(api);
  const count = api.tools.length.toLocaleString('en-US');
  const about = `${api.title.slice(0, MAX_TITLE)} has ${count} operations.`;
  const call = (name: string, annotations: ToolAnnotations, description: string): Tool => ({
    name,
    description,
    annotations,
    inputSchema: callSchema(names.find),
    request,
  });
  return [
    {
      name: names.find,
      description: `Finds operations of an API and their input schemas. ${about} Resources, with the number of their operations: ${map.summary(MAX_RESOURCES)}.`,
      annotations: READS,
      inputSchema: FIND_SCHEMA,
      request,
    },
    call(
      names.read,
      READS,
      `Calls an operation that only reads (GET, HEAD, QUERY). Get its name and input schema from ${names.find} first.`,
    ),
    call(
      names.write,
      { ...WRITES, openWorldHint: api.tools.some(({ annotations }) => annotations.openWorldHint) },
      `Calls an operation that may create, change or delete (any other method). Get its name and input schema from ${names.find} first.`,
    ),
  ];
}

const FIND_SCHEMA: Tool['inputSchema'] = {
  type: 'object',
  properties: {
    query: {
      type: 'string',
      description: 'What to do, in a few words: "create issue", "list open invoices".',
    },
    resource: {
      type: 'string',
      description:
        'Lists the operations of a resource. Without any argument, the resources are listed.',
    },
    tag: { type: 'string', description: 'The same as `resource`.' },
    names: {
      type: 'array',
      items: { type: 'string' },
      description: 'Returns the input schemas of these operations.',
    },
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: 50,
      description: 'Maximum number of results; 10 by default.',
    },
  },
  additionalProperties: false,
};

function callSchema(find: string): Tool['inputSchema'] {
  return {
    type: 'object',
    properties: {
      name: { type: 'string', description: `The name of the operation, as returned by ${find}.` },
      arguments: {
        type: 'object',
        description: 'Its arguments, as described by its input schema.',
      },
    },
    required: ['name'],
    additionalProperties: false,
  };
}
