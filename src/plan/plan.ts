import type { Api } from '../../templates/src/runtime/api.js';
import { InputError, type Problem } from '../errors.js';
import type { Document } from '../load/document.js';
import { readImplications, settingsOf } from './tools/curation.js';
import { withoutHidden } from './tools/hidden-text.js';
import { describeApi, namesOf } from './info.js';
import { record, type JsonObject } from '../json.js';
import { authenticationOf, checkOptions } from './options.js';
import type { Plan, PlanOptions } from './types.js';
import { leanTool } from './tools/lean.js';
import { longInstructions } from './tools/long.js';
import { createInheritance } from './schema/inheritance.js';
import { createReferenceGraph } from './schema/references.js';
import { credentialParameters, planSchemes } from './security/security.js';
import { planServers, usedVariables } from './servers/servers.js';
import type { PlannedTool } from './tools/tool.js';
import { planTools } from './tools/tools.js';
import { noteUpstream } from './security/upstream-notes.js';

/**
 * Decides everything about the project that a document becomes. Pure: the same document and options give the same plan,
 * whatever the order of the document's operations. @throws InputError when an option is wrong or no operation can
 * become a tool
 */
export function plan(document: Document, options: PlanOptions = {}): Plan {
  checkOptions(options);
  const root = document.openapi;
  const servers = planServers(root, document.url, options.baseUrl);
  const { schemes, warnings: schemeWarnings } = planSchemes(root, document.url);
  const { tools, warnings } = planTools({
    document,
    options,
    graph: createReferenceGraph(root),
    inheritance: createInheritance(root),
    schemes,
    credentials: credentialParameters(schemes),
    serverVariables: servers.variables,
    baseUrl: servers.baseUrl,
    serverQuery: servers.query,
  });
  if (tools.length === 0)
    throw new InputError([nothingLeft(root, options), ...document.warnings, ...warnings]);
  const { name, projectName } = namesOf(root, options);
  const planned = apiOf(root, name, options, { servers, schemes, tools });
  const places = new Map(tools.map(({ tool, place }) => [tool.name, place]));
  const shown = withoutHidden(planned, ({ name: tool }) => places.get(tool) ?? '#/paths');
  const api = { ...shown.api, tools: shown.api.tools.map(leanTool) };
  return {
    api,
    ...(options.target !== undefined && { target: options.target }),
    projectName,
    source: {
      location: document.source,
      hash: document.hash,
      ...(shown.hidden !== undefined && { hidden: shown.hidden }),
    },
    upstream: noteUpstream(root, schemes, api.tools),
    truncated: record(tools.map(({ tool, depth }) => [tool.name, depth])),
    groups: record(tools.map(({ tool, tag }) => [tool.name, tag])),
    warnings: [
      ...document.warnings,
      ...schemeWarnings,
      ...servers.warnings,
      ...longInstructions(planned),
      ...warnings,
      ...shown.warnings,
      ...(options.target === 'workers' ? workerWarnings(api) : []),
    ],
  };
}

/** The API as the document describes it. */
function apiOf(
  root: JsonObject,
  name: string,
  options: PlanOptions,
  { servers, schemes, tools }: Parts,
): Api {
  const { baseUrl, variables } = servers;
  const implies = readImplications(root);
  const own = tools.map(({ tool }) => tool.request.server);
  const serverVariables = usedVariables(variables, [baseUrl, ...own]);
  return {
    name,
    ...describeApi(root, name, options),
    authentication: authenticationOf(options),
    ...(options.oauthServer !== undefined && { authorizationServer: options.oauthServer }),
    ...(options.resourceUrl !== undefined && { resourceUrl: options.resourceUrl }),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(serverVariables !== undefined && { serverVariables }),
    securitySchemes: schemes,
    scopes: Object.fromEntries(tools.map(({ tool, scopes }) => [tool.name, scopes])),
    ...(implies !== undefined && { implies }),
    ...(options.tools === 'search' && { toolMode: options.tools }),
    tools: tools.map(({ tool }) => tool),
  };
}

interface Parts {
  readonly servers: ReturnType<typeof planServers>;
  readonly schemes: Api['securitySchemes'];
  readonly tools: readonly PlannedTool[];
}

function nothingLeft(
  root: JsonObject,
  { include = [], exclude = [], readOnly = false }: PlanOptions,
): Problem {
  if ((settingsOf(root)['enabled'] ?? true) !== true) return allDisabled;
  const isFiltered = readOnly || include.length + exclude.length > 0;
  const flags = readOnly ? ['--include', '--exclude', '--read-only'] : ['--include', '--exclude'];
  return {
    code: 'NO_TOOLS',
    place: isFiltered ? flags.join(', ') : '#/paths',
    message: isFiltered
      ? `No operation is left after ${flags.join(', ').replace(/, (?=[^,]*$)/, ' and ')}.`
      : 'No operation of the document can become a tool.',
    remedy: isFiltered
      ? 'Run inspect without them to see all operations.'
      : 'Add a path with an operation, or fix the problems listed below.',
  };
}

const allDisabled: Problem = {
  code: 'NO_TOOLS',
  place: '#/x-mcp',
  message: 'x-mcp.enabled is false for the document, and no selected operation overrides it.',
  remedy: 'Write x-mcp: { enabled: true } on the tags, paths or operations that become tools.',
};

/** Features of the document that a Cloudflare Worker does not support. */
function workerWarnings({ securitySchemes }: Api): Problem[] {
  return Object.entries(securitySchemes)
    .filter(([, { type }]) => type === 'mutualTLS')
    .map(([name]) => ({
      code: 'WORKERS_CERTIFICATE',
      place: `#/components/securitySchemes/${name}`,
      message: 'A Cloudflare Worker cannot present a client certificate from a file.',
      remedy: 'Generate the server for Node, or use another scheme.',
    }));
}
