import { packageName, version } from '../package.js';
import type { Plan, Target } from '../plan/types.js';
import { clientsRead, knownClients, type KnownClient } from '../clients.js';
import { credentialsView, neededCredentials } from './credentials-view.js';
import { kubernetesView } from './kubernetes-view.js';
import { firstParagraph } from './markdown.js';
import { providersView } from './provider-pages.js';
import { scopesOf } from './scopes-file.js';
import { localUrlOf, neededServers, serversView } from './servers-view.js';
import { listTemplates, readTemplate } from './templates.js';
import { variablesView } from './variables-view.js';

type Api = Plan['api'];

/** The values for the `.hbs` templates. Every member is always present, so that a misspelt name is an error. */
export async function proseView(plan: Plan): Promise<object> {
  const { api, projectName, target = 'node' } = plan;
  const localUrl = localUrlOf(plan);
  const { tools } = api;
  const servers = serversView(plan);
  const upstream = credentialsView(plan);
  const oauth = api.authentication === 'oauth2';
  const clientUrl = api.resourceUrl ?? (oauth ? 'https://mcp.example.com/mcp' : localUrl);
  return {
    projectName,
    packageName,
    // An exact version: what a pipeline runs is decided when its file is written.
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
    clientUrl,
    commands: commandsFor(plan, clientUrl),
    published: api.resourceUrl !== undefined,
    tools: tools.map((tool) => row(api, tool)),
    search: api.toolMode === 'search',
    firstTool: tools[0]?.name ?? '',
    clients: knownClients.map(clientRow),
    clientsRead,
    ...servers,
    upstream,
    hasRows: servers.baseUrl === '' || servers.serverVariables.length + upstream.rows.length > 0,
    variables: await variablesView(plan, upstream),
    kubernetes: kubernetesView(plan, upstream),
    environment: [...neededServers(plan), ...neededCredentials(plan)],
  };
}

function clientRow({ redirectUris, ...client }: KnownClient): object {
  return { ...client, redirectUris: redirectUris.map(({ uri }) => uri) };
}

/** Command lines that contain the server's URL. */
function commandsFor({ api }: Plan, url: string): object {
  const name = api.name.replace(/[^A-Za-z0-9-]/g, '-');
  return {
    add: `claude mcp add --transport http ${name} ${url}`,
    call: `openapi-to-mcp call ${url}`,
    doctor: `openapi-to-mcp doctor --server ${url}`,
  };
}

function row(api: Api, tool: Api['tools'][number]): object {
  const { name, request } = tool;
  return {
    name,
    request: `${request.method} ${request.path}`,
    alternatives: scopesOf(api, name).map((scopes) => ({ scopes })),
    hints: hintsOf(tool).join(', '),
  };
}

function hintsOf({ annotations, confirm, isPublic, pinned }: Api['tools'][number]): string[] {
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = annotations;
  const effect = destructiveHint ? 'destructive' : 'writes';
  return [
    readOnlyHint ? 'reads' : effect,
    !readOnlyHint && idempotentHint && 'idempotent',
    openWorldHint && 'open world',
    confirm !== undefined && confirm !== false && 'confirmed',
    isPublic === true && 'public',
    pinned === true && 'listed',
  ].filter((hint) => hint !== false);
}

/** The variables in wrangler.jsonc: those that a Worker needs, without secrets. */
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

/** The dependencies that the package.json of a project needs for the generated server to work. */
export async function requiredDependencies(
  target?: Target,
): Promise<Readonly<Record<string, string>>> {
  const template = (await listTemplates({ target })).find(({ path }) => path === 'package.json');
  const text = template === undefined ? '{}' : readTemplate(template);
  // Only texts vary in it; versions do not.
  const { dependencies } = JSON.parse(text.replace(/\{\{.*?\}\}/g, '""')) as {
    dependencies: Record<string, string>;
  };
  return dependencies;
}
