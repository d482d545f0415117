import { packageName, version } from '../package.js';
import type { Plan, Target } from '../plan/types.js';
import { clientsRead, knownClients } from './clients.js';
import { credentialsView, neededCredentials } from './credentials-view.js';
import { kubernetesView } from './kubernetes-view.js';
import { firstParagraph } from './markdown.js';
import { providersView } from './provider-pages.js';
import { scopesOf } from './scopes-file.js';
import { localUrlOf, neededServers, serversView } from './servers-view.js';
import { listTemplates, readTemplate } from './templates.js';
import { variablesView } from './variables-view.js';

type Api = Plan['api'];

/** A README is for reading: beyond these, `src/generated/scopes.ts` is the list. */
const listedTools = 50;

/** What the `.hbs` templates may show. Every member is always there: a misspelt one is an error. */
export function proseView(plan: Plan): object {
  const { api, projectName, target = 'node' } = plan;
  const localUrl = localUrlOf(plan);
  const { tools } = api;
  const servers = serversView(plan);
  const upstream = credentialsView(plan);
  const oauth = api.authentication === 'oauth2';
  return {
    projectName,
    packageName,
    // Exact: what a pipeline runs is decided when its file is written.
    cli: `${packageName}@${version}`,
    name: api.name,
    title: api.title,
    summary: firstParagraph(api.description ?? '', 300),
    documentation: api.documentation ?? '',
    oauth,
    workers: target === 'workers',
    workerVariables: workerVariables(plan, localUrl),
    localUrl,
    secret: neededCredentials(plan)[0] ?? 'UPSTREAM_BEARER_TOKEN',
    authorizationServer: api.authorizationServer ?? '',
    ...providersView(api.authorizationServer ?? ''),
    resourceUrl: api.resourceUrl ?? localUrl,
    clientUrl: api.resourceUrl ?? (oauth ? 'https://mcp.example.com/mcp' : localUrl),
    tools: tools.slice(0, listedTools).map((tool) => row(api, tool)),
    more: Math.max(0, tools.length - listedTools),
    count: tools.length,
    search: api.toolMode === 'search',
    pinned: tools.filter(({ pinned }) => pinned === true).map(({ name }) => name),
    firstTool: tools[0]?.name ?? '',
    clients: knownClients,
    clientsRead,
    confirmed: tools.filter(({ confirm = false }) => confirm !== false).map(({ name }) => name),
    ...servers,
    upstream,
    hasRows: servers.baseUrl === '' || servers.serverVariables.length + upstream.rows.length > 0,
    variables: variablesView(plan, upstream),
    kubernetes: kubernetesView(plan, upstream),
    environment: [...neededServers(plan), ...neededCredentials(plan)],
  };
}

function row(api: Api, { name, request }: Api['tools'][number]): object {
  return {
    name,
    request: `${request.method} ${request.path}`,
    alternatives: scopesOf(api, name).map((scopes) => ({ scopes })),
  };
}

/** What wrangler.jsonc sets: the variables that a Worker needs, without secrets. */
function workerVariables(plan: Plan, localUrl: string): object[] {
  const { api } = plan;
  const oauth = api.authentication === 'oauth2';
  return [
    { name: 'MCP_RESOURCE_URL', value: api.resourceUrl ?? localUrl },
    ...(oauth
      ? [{ name: 'OAUTH_AUTHORIZATION_SERVER', value: api.authorizationServer ?? '' }]
      : []),
    ...neededServers(plan).map((name) => ({ name, value: '' })),
  ];
}

/** The dependencies that the package.json of a project must have for the server to work as it was generated. */
export async function requiredDependencies(
  target?: Target,
): Promise<Readonly<Record<string, string>>> {
  const template = (await listTemplates({ target })).find(({ path }) => path === 'package.json');
  const text = template === undefined ? '{}' : await readTemplate(template);
  // What varies in it are texts; versions do not.
  const { dependencies } = JSON.parse(text.replace(/\{\{.*?\}\}/g, '""')) as {
    dependencies: Record<string, string>;
  };
  return dependencies;
}
