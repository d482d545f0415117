import type { Api } from '../../templates/src/runtime/api.js';
import { InputError, type Problem } from '../errors.js';
import type { Document, JsonObject } from '../load/document.js';
import { checkSchemas } from './check-schemas.js';
import { readCuration } from './curation.js';
import { byCodeUnit, object, text } from './json.js';
import { nameTools, words } from './names.js';
import { attempt, listOperations } from './operations.js';
import { checkOptions } from './options.js';
import type { Plan, PlanOptions } from './plan.js';
import { createReferenceGraph } from './schema/references.js';
import { credentialParameters, planSchemes } from './security.js';
import { selectOperations } from './select.js';
import { planBaseUrl } from './servers.js';
import { planTool, type PlannedTool } from './tool.js';

/**
 * Decides everything about the project that a document becomes. Pure: the same document and options give the same
 * plan, whatever the order of the document's operations.
 *
 * @throws InputError when the options are wrong, or nothing is left to make a tool of
 */
export function plan(document: Document, options: PlanOptions = {}): Plan {
  checkOptions(options);
  const root = document.openapi;
  const { tools, warnings } = planTools(document, options);
  if (tools.length === 0) throw new InputError([nothingLeft(options), ...warnings]);
  const { schemes, warnings: schemeWarnings } = planSchemes(root);
  const { baseUrl, warnings: serverWarnings } =
    options.baseUrl === undefined
      ? planBaseUrl(root, document.url)
      : { baseUrl: options.baseUrl, warnings: [] };
  const name = options.name ?? nameOf(root);
  const api: Api = {
    name,
    ...describe(root, name),
    authentication: authenticationOf(options),
    ...(options.oauthServer !== undefined && { authorizationServer: options.oauthServer }),
    ...(options.resourceUrl !== undefined && { resourceUrl: options.resourceUrl }),
    ...(baseUrl !== undefined && { baseUrl }),
    securitySchemes: schemes,
    scopes: Object.fromEntries(tools.map(({ tool, scopes }) => [tool.name, scopes])),
    tools: tools.map(({ tool }) => tool),
  };
  return {
    api,
    projectName: name.endsWith('mcp-server') ? name : `${name}-mcp-server`,
    command: commandOf(document, options),
    source: { location: document.source, hash: document.hash },
    warnings: [...document.warnings, ...schemeWarnings, ...serverWarnings, ...warnings],
  };
}

/** The tools in code unit order of their names, each one checked against the SDK's validator. */
function planTools(
  document: Document,
  options: PlanOptions,
): { tools: PlannedTool[]; warnings: Problem[] } {
  const root = document.openapi;
  const { operations, warnings } = listOperations(root);
  const { selected, warnings: selection } = selectOperations(
    operations,
    options.include ?? [],
    options.exclude ?? [],
  );
  const curated = selected
    .map((operation) => ({ operation, ...readCuration(root, operation) }))
    .filter(({ curation }) => curation.enabled);
  const curations = new Map(curated.map(({ operation, curation }) => [operation, curation]));
  const { names, warnings: naming } = nameTools(
    [...curations.keys()],
    (operation) => curations.get(operation)?.name,
  );
  const { schemes } = planSchemes(root);
  const context = {
    document,
    options,
    graph: createReferenceGraph(root),
    schemes,
    credentials: credentialParameters(schemes),
  };
  const broken: Problem[] = [];
  const planned = curated.flatMap(({ operation, curation }) => {
    const made = attempt(operation.place, broken, () =>
      planTool(context, operation, names.get(operation) ?? '', curation),
    );
    return made === undefined ? [] : [{ ...made, place: operation.place }];
  });
  const { sound, warnings: unsound } = checkSchemas(planned);
  return {
    tools: sound.toSorted((a, b) => byCodeUnit(a.tool.name, b.tool.name)),
    warnings: [
      ...warnings,
      ...selection,
      ...curated.flatMap((entry) => entry.warnings),
      ...naming,
      ...sound.flatMap((made) => made.warnings),
      ...broken,
      ...unsound,
    ],
  };
}

function describe(
  root: JsonObject,
  name: string,
): Pick<Api, 'title' | 'version' | 'description' | 'documentation'> {
  const info = object(root['info']);
  const description = text(info['description']) ?? text(info['summary']);
  const documentation = text(object(root['externalDocs'])['url']);
  return {
    title: text(info['title']) ?? name,
    version: text(info['version']) ?? '0.0.0',
    ...(description !== undefined && { description }),
    ...(documentation !== undefined &&
      /^https?:\/\//.test(documentation) &&
      URL.canParse(documentation) && { documentation }),
  };
}

function nameOf(root: JsonObject): string {
  const name = words(text(object(root['info'])['title']) ?? '', '-')
    .slice(0, 50)
    .replace(/-+$/, '');
  return name === '' ? 'api' : name;
}

function authenticationOf({ auth, oauthServer }: PlanOptions): Api['authentication'] {
  return auth ?? (oauthServer === undefined ? 'none' : 'oauth2');
}

function commandOf(document: Document, options: PlanOptions): string[] {
  const flag = (name: string, value: string | undefined) =>
    value === undefined ? [] : [name, value];
  return [
    'generate',
    ...flag('--url', document.source),
    ...flag('--name', options.name),
    ...flag('--auth', options.auth),
    ...flag('--oauth-server', options.oauthServer),
    ...flag('--resource-url', options.resourceUrl),
    ...flag('--base-url', options.baseUrl),
    ...flag('--scopes', options.scopes),
    ...(options.include ?? []).flatMap((pattern) => ['--include', pattern]),
    ...(options.exclude ?? []).flatMap((pattern) => ['--exclude', pattern]),
  ];
}

function nothingLeft({ include = [], exclude = [] }: PlanOptions): Problem {
  const filtered = include.length + exclude.length > 0;
  return {
    code: 'NO_TOOLS',
    place: filtered ? '--include, --exclude' : '#/paths',
    message: filtered
      ? 'No operation is left after --include and --exclude.'
      : 'The document has no operation that a tool can be made of.',
    remedy: filtered
      ? 'Run inspect without them to see what there is.'
      : 'Add a path with an operation, or mend what is listed below.',
  };
}
