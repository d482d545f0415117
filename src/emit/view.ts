import type { Plan } from '../plan/plan.js';
import { shellQuote } from './quote.js';
import { scopesOf } from './scopes-file.js';

type Api = Plan['api'];

/** A README is for reading: beyond these, `src/generated/scopes.ts` is the list. */
const listedTools = 50;

const localUrl = 'http://localhost:3000/mcp';

/** What the `.hbs` templates may show. Every member is always there: a misspelt one is an error. */
export function proseView({ api, projectName, command }: Plan): object {
  const { tools } = api;
  const oauth = api.authentication === 'oauth2';
  return {
    projectName,
    name: api.name,
    title: api.title,
    summary: summary(api),
    oauth,
    authorizationServer: api.authorizationServer ?? '',
    resourceUrl: api.resourceUrl ?? localUrl,
    clientUrl: api.resourceUrl ?? (oauth ? 'https://mcp.example.com/mcp' : localUrl),
    baseUrl: api.baseUrl ?? '',
    // Whatever generator is installed: npx would fetch and run whatever happens to have its name.
    generate: ['openapi-to-mcp', ...command, '--output', '.'].map(shellQuote).join(' '),
    tools: tools.slice(0, listedTools).map((tool) => row(api, tool)),
    more: Math.max(0, tools.length - listedTools),
    count: tools.length,
    firstTool: tools[0]?.name ?? '',
    ...credentials(api),
  };
}

/** The first paragraph: an introduction, not the documentation. */
function summary({ description = '' }: Api): string {
  const paragraph = description.trim().split(/\n\s*\n/, 1)[0] ?? '';
  return paragraph.length > 300 ? `${paragraph.slice(0, 299).trimEnd()}…` : paragraph;
}

function row(api: Api, { name, request }: Api['tools'][number]): object {
  return {
    name,
    request: `${request.method} ${request.path}`,
    alternatives: scopesOf(api, name).map((scopes) => ({ scopes })),
  };
}

/** Which variables can hold the credentials that this API asks for. */
function credentials({ securitySchemes }: Api): object {
  const schemes = Object.values(securitySchemes);
  const keys = schemes.flatMap((scheme) => (scheme.type === 'apiKey' ? [scheme] : []));
  const tokens = schemes.some((scheme) => takesBearer(scheme));
  const basic = schemes.some((scheme) => scheme.type === 'http' && scheme.scheme === 'basic');
  const unique = [...new Map(keys.map((key) => [key.variable, key])).values()];
  return {
    upstream: { keys: unique, bearer: tokens, basic },
    environment: [
      ...unique.map((key) => key.variable),
      ...(tokens ? ['UPSTREAM_BEARER_TOKEN'] : []),
      ...(basic ? ['UPSTREAM_USERNAME', 'UPSTREAM_PASSWORD'] : []),
    ],
  };
}

function takesBearer(scheme: Api['securitySchemes'][string]): boolean {
  if (scheme.type === 'http') return scheme.scheme === 'bearer';
  return scheme.type === 'oauth2' || scheme.type === 'openIdConnect';
}
