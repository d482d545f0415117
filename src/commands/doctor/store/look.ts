import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  instructionsOf,
  listTool,
  SIGN_IN_EXTENSIONS,
} from '../../../../templates/src/runtime/listing.js';
import { createOffer } from '../../../../templates/src/runtime/operations/offer.js';
import { parseUrl } from '../../../../templates/src/runtime/text.js';
import type { Api, Tool } from '../../../../templates/src/runtime/api.js';
import { readProject } from '../../../diff/read-project.js';
import { InputError } from '../../../errors.js';
import { isObject, own, parseJson, type JsonObject } from '../../../json.js';
import { createFetch } from '../../../net/reach.js';
import type { Environment } from '../../../print/terminal.js';
import { settingsIn } from '../../../project/dotenv.js';
import { gather } from '../../../net/metadata.js';
import { issuerAmong, listedIssuers, projectVariables } from '../token-rules.js';
import type { Host } from './hosts.js';
import { lookAtServer } from './look-at-server.js';
import { tryAssertion } from './assertion.js';
import { tryRedirects } from './redirects.js';
import type { SeenTool } from '../../../net/mcp-session.js';
import type { Authorization, Subject } from './subject.js';

/** What to examine, and how closely. */
export interface Asked {
  readonly host: Host;
  readonly project?: string | undefined;
  readonly server?: URL | undefined;
  readonly issuer?: string | undefined;
  readonly resource?: string | undefined;
  readonly token?: string | undefined;
  readonly probe: boolean;
  readonly clientId?: string | undefined;
}

/** Collects the facts that the rules need. A running server takes precedence over its project. */
export async function look(asked: Asked, env: Environment): Promise<Subject> {
  const planned =
    asked.project === undefined ? {} : await lookAtProject(asked.project, asked.token, env);
  const shown = asked.server && (await lookAtServer(asked.server, asked.token));
  const { issuer: named, ...known } = planned;
  const url = asked.server ?? urlOf(asked.resource) ?? planned.url;
  const issuer = asked.issuer ?? named ?? shown?.issuer;
  const isOpen = shown?.running.firstAnswer === undefined ? planned.isOpen : shown.isOpen;
  return {
    ...known,
    tools: shown?.tools ?? known.tools,
    instructions: shown?.instructions ?? known.instructions,
    extensions: shown?.extensions ?? known.extensions,
    running: shown?.running,
    isOpen,
    url,
    authorization: issuer === undefined ? undefined : await lookAtIssuer(issuer, asked),
  };
}

function urlOf(text: string | undefined): URL | undefined {
  return text === undefined ? undefined : parseUrl(text);
}

type Planned = Subject & { readonly issuer?: string | undefined };

async function lookAtProject(
  folder: string,
  token: string | undefined,
  env: Environment,
): Promise<Planned> {
  const api = await readProject(folder);
  const set = await projectVariables(folder, api, env);
  const { resource, resultCap, mode } = settingsIn(join(folder, '.env'), set, (settings) => ({
    resource: settings.text('MCP_RESOURCE_URL'),
    resultCap: settings.integer('MCP_MAX_RESULT_CHARACTERS'),
    mode: settings.oneOf('MCP_TOOLS'),
  }));
  return {
    ...subjectOf(api, mode),
    resultCap,
    url: urlOf(resource ?? api.resourceUrl),
    entry: entryOf(folder),
    issuer: issuerAmong(listedIssuers(set), token) ?? api.authorizationServer,
  };
}

/** The facts in the generated API, as its server would show them. `mode` is `MCP_TOOLS`. */
export function subjectOf(api: Api, mode?: Api['toolMode']): Subject {
  return {
    tools: createOffer(api, mode).listed.map((tool) => seenTool(api, tool)),
    instructions: instructionsOf(api),
    requests: new Map(api.tools.map(({ name, request }) => [name, request])),
    isOpen: api.authentication === 'none',
    extensions: api.authentication === 'none' ? [] : Object.keys(SIGN_IN_EXTENSIONS),
  };
}

function seenTool(api: Api, tool: Tool): SeenTool {
  const scopes = (own(api.scopes, tool.name) ?? []).flat();
  return listTool(tool, api.authentication === 'oauth2' ? [...new Set(scopes)] : undefined);
}

function entryOf(folder: string): JsonObject | undefined {
  const place = join(folder, 'server.json');
  if (!existsSync(place)) return undefined;
  const entry = parseJson(readFileSync(place, 'utf8'));
  if (isObject(entry)) return entry;
  throw new InputError({
    code: 'BROKEN_SERVER_JSON',
    message: 'The file is not a JSON object.',
    place,
    remedy: 'Correct it, or remove it and run: openapi-to-mcp publish --store registry.',
  });
}

async function lookAtIssuer(
  issuer: string,
  { host, server, issuer: given, probe, clientId }: Asked,
): Promise<Authorization> {
  const url = parseUrl(issuer);
  if (url === undefined) return { issuer };
  const fetch = createFetch(given === undefined && server !== undefined ? server : url);
  const { metadata } = await gather(issuer, url, fetch);
  if (metadata === undefined) return { issuer };
  if (!probe) return { issuer, metadata };
  return {
    issuer,
    metadata,
    redirects: await tryRedirects({ host, metadata, fetch, clientId }),
    assertion:
      host === 'claude' ? await tryAssertion({ issuer, metadata, fetch, clientId }) : undefined,
  };
}
