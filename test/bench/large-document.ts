/** How many operations GitHub's REST API had when it was measured for this. */
export const LARGE = 1223;

/**
 * A document with as many operations as GitHub's, and of its shape (@octokit/openapi 23.0.2): two path parameters on
 * average, nearly one query parameter, a body for 28 of 100 operations, descriptions of some 460 characters. The list
 * of its tools is about as long, too: 1.9 MB.
 */
export function largeDocument(): object {
  const numbers = Array.from({ length: LARGE }, (_, index) => index);
  return {
    openapi: '3.1.0',
    info: { title: 'Large', version: '1', description: prose(0, 200) },
    servers: [{ url: 'https://api.example.com' }],
    paths: Object.fromEntries(numbers.map((index) => [pathOf(index), pathItem(index)])),
    components: { securitySchemes: { oauth } },
  };
}

/** The operation that is called: a GET with two path parameters and three query parameters. */
export const largeCall = {
  tool: 'get_thing600',
  args: { owner: 'octo', repo: 'hello-world', page: 2, per_page: 50, sort: 'created' },
};

const oauth = {
  type: 'oauth2',
  flows: {
    authorizationCode: {
      authorizationUrl: 'https://api.example.com/authorize',
      tokenUrl: 'https://api.example.com/token',
      scopes: { 'things:read': 'See things', 'things:write': 'Change things' },
    },
  },
};

/** As frequent as each is in GitHub's document. */
function methodOf(index: number): string {
  const share = (index * 37) % 100;
  if (share < 52) return 'get';
  if (share < 68) return 'post';
  if (share < 74) return 'patch';
  return share < 89 ? 'delete' : 'put';
}

const hasBody = (index: number) => (index * 37) % 100 >= 52 && (index * 37) % 100 < 80;

const pathNames = ['owner', 'repo', 'number'];

/** One, two or three parameters, two on average. */
function pathOf(index: number): string {
  const names = pathNames.slice(0, 1 + ((index + 1) % 3));
  return `/things${index}/${names.map((name) => `{${name}}`).join('/')}`;
}

function pathItem(index: number): object {
  const method = methodOf(index);
  const scope = method === 'get' ? 'things:read' : 'things:write';
  const names = pathOf(index).match(/\w+(?=\})/g) ?? [];
  const operation = {
    operationId: `${method}Thing${index}`,
    summary: prose(index, 40),
    description: prose(index, descriptionLength(index)),
    tags: [`group ${index % 40}`],
    parameters: [...names.map((name) => pathParameter(name, index)), ...queryParameters(index)],
    ...(hasBody(index) && { requestBody: body(index) }),
    responses: { 200: { description: 'Done' } },
    security: [{ oauth: [scope] }],
  };
  return { [method]: operation };
}

/** Half of them short, some very long. */
function descriptionLength(index: number): number {
  return [90, 140, 210, 280, 340, 400, 460, 560, 760, 1100][index % 10] ?? 0;
}

function pathParameter(name: string, index: number): object {
  const schema = { type: name === 'number' ? 'integer' : 'string' };
  return { name, in: 'path', required: true, description: prose(index + name.length, 70), schema };
}

const queryNames = ['page', 'per_page', 'sort', 'direction', 'since'];

/** None for seven of ten, and three or so for the others. */
function queryParameters(index: number): object[] {
  const count = [3, 0, 0, 2, 0, 0, 4, 0, 0, 0][index % 10] ?? 0;
  return queryNames.slice(0, count).map((name) => ({
    name,
    in: 'query',
    description: prose(index + name.length, 120),
    schema: querySchema(name),
  }));
}

function querySchema(name: string): object {
  if (name === 'page') return { type: 'integer', default: 1 };
  if (name === 'per_page') return { type: 'integer', minimum: 1, maximum: 100, default: 30 };
  if (name === 'sort') return { type: 'string', enum: ['created', 'updated', 'pushed', 'name'] };
  return name === 'direction' ? { type: 'string', enum: ['asc', 'desc'] } : { type: 'string' };
}

/** Five members on average, one of them an object. */
function body(index: number): object {
  const count = 3 + (index % 5);
  const members = Array.from({ length: count }, (_, at) => {
    return [`${words[(index + at) % words.length] ?? ''}_${at}`, member(index, at)] as const;
  });
  const schema = {
    type: 'object',
    required: members.slice(0, 1).map(([name]) => name),
    properties: Object.fromEntries(members),
  };
  return { required: true, content: { 'application/json': { schema } } };
}

function member(index: number, at: number): object {
  const description = prose(index + at, 110);
  if (at === 1) return { type: 'boolean', description, default: false };
  if (at !== 2) return { type: 'string', description, maxLength: 1000 };
  const item = { type: 'string', enum: ['open', 'closed', 'all'] };
  const properties = { state: item, labels: { type: 'array', items: { type: 'string' } } };
  return { type: 'object', description, properties };
}

const words = `
  the repository must be visible to a caller whose token has permission for this organization and its members before
  any change of settings can be listed or removed by an administrator
`
  .trim()
  .split(/\s+/);

/** Text of a length, in characters, that begins elsewhere for every number. */
function prose(start: number, length: number): string {
  let text = `Thing ${start}`;
  for (let at = start; text.length < length; at += 1) text += ` ${words[at % words.length] ?? ''}`;
  return `${text}.`;
}
