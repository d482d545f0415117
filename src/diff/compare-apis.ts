import { originOf } from '../../templates/src/runtime/http.js';
import { own } from '../json.js';
import type { Api, ScopeAlternatives, Tool } from '../../templates/src/runtime/api.js';
import { sortChanges, toChange, type Change, type Finding } from './change.js';
import { compareArguments } from './compare-arguments.js';
import { compareHints } from './compare-hints.js';
import { compareListings, pinComparison } from './compare-listing.js';
import { compareTexts } from './compare-records.js';
import { compareRequests } from './compare-requests.js';
import { compareResults } from './compare-results.js';
import { compareSchemes } from './compare-schemes.js';
import { compareScopes, showScopes } from './compare-scopes.js';
import { compareServers } from './compare-servers.js';
import { compareApiWords, compareToolWords, gatherWords } from './compare-words.js';
import { pairTools } from './pair-tools.js';
import { shorten } from './show.js';

type Compare<T> = (before: T, after: T) => Finding[];

const elsewhere = () => [];

// Each member of the contract is handled here, so a new member does not compile until it is listed.
const apiMembers: Readonly<Record<keyof Required<Api>, Compare<Api>>> = {
  name: (before, after) =>
    compareTexts('NAME_CHANGED', 'name', "The server's name", before.name, after.name),
  version: (before, after) =>
    compareTexts('VERSION_CHANGED', 'version', "The API's version", before.version, after.version),
  title: (before, after) => gatherWords(compareApiWords(before, after)),
  description: elsewhere,
  documentation: elsewhere,
  icon: elsewhere,
  authentication: compareServers,
  authorizationServer: elsewhere,
  resourceUrl: elsewhere,
  baseUrl: elsewhere,
  serverVariables: elsewhere,
  implies: elsewhere,
  toolMode: compareListings,
  searchTools: elsewhere,
  securitySchemes: compareSchemes,
  scopes: elsewhere,
  tools: elsewhere,
};
const toolMembers: Readonly<Record<keyof Required<Tool>, Compare<Tool>>> = {
  name: compareNames,
  title: compareToolWords,
  description: elsewhere,
  annotations: compareHints,
  inputSchema: compareArguments,
  fields: compareResults,
  outputSchema: elsewhere,
  request: compareRequests,
  isPublic: comparePublic,
  pinned: elsewhere,
  confirm: compareConfirmations,
};

/** The effects on users when one API replaces the other: sorted by severity, tool and place. */
export function compareApis(before: Api, after: Api): Change[] {
  const { pairs, removed, added } = pairTools(before.tools, after.tools);
  const comparePins = pinComparison(before, after);
  return sortChanges([
    ...Object.values(apiMembers)
      .flatMap((compare) => compare(before, after))
      .map((finding) => toChange(finding)),
    ...removed.map((tool) =>
      about(tool, { code: 'TOOL_REMOVED', message: 'The tool was removed.' }),
    ),
    ...added.flatMap((tool) =>
      [
        addition(tool, scopesOf(after, tool)),
        ...compareHints(undefined, tool),
        ...newDestination(before, tool),
      ].map((finding) => about(tool, finding)),
    ),
    ...pairs.flatMap(([had, has]) =>
      withoutEchoes([
        ...compareTools(had, has),
        ...comparePins(had, has),
        ...compareScopes(scopesOf(before, had), scopesOf(after, has)),
      ]).map((finding) => about({ ...has, name: had.name }, finding)),
    ),
  ]);
}

function compareTools(before: Tool, after: Tool): Finding[] {
  // Of ten thousand tools, nearly all are unchanged.
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return gatherWords(Object.values(toolMembers).flatMap((compare) => compare(before, after)));
}

/** The scopes for callers are mostly those that the API requires, so the same change is reported only once. */
function withoutEchoes(findings: readonly Finding[]): readonly Finding[] {
  const isReported = findings.some(({ place }) => place === 'scopes');
  return isReported ? findings.filter(({ code }) => code !== 'UPSTREAM_SCOPES_CHANGED') : findings;
}

function about({ name, request: { method, path } }: Tool, finding: Finding): Change {
  return toChange(finding, { tool: name, operation: shorten(`${method} ${path}`) });
}

/** Whether callers need a token at all, if the operator lets the document decide. */
function comparePublic({ isPublic: had }: Tool, { isPublic: has }: Tool): Finding[] {
  if (had === has) return [];
  const [code, now] =
    has === true
      ? (['TOOL_PUBLIC', 'no longer need'] as const)
      : (['TOOL_NOT_PUBLIC', 'now need'] as const);
  return [{ code, message: `With MCP_PUBLIC_TOOLS=document, callers ${now} a token.` }];
}

/** Whether the user confirms each call, and with which question. */
function compareConfirmations({ confirm: had }: Tool, { confirm: has }: Tool): Finding[] {
  if (had === has) return [];
  const isAsked = (confirm: Tool['confirm']) => confirm !== undefined && confirm !== false;
  const place = { place: 'confirm', before: showConfirm(had), after: showConfirm(has) };
  if (isAsked(had) && isAsked(has))
    return [{ code: 'WORDING', place: 'confirm', message: 'The wording changed.' }];
  return isAsked(has) || had === false
    ? [{ code: 'CONFIRMATION_ADDED', message: 'The user must now confirm calls.', ...place }]
    : [{ code: 'CONFIRMATION_DROPPED', message: 'The user no longer confirms calls.', ...place }];
}

function showConfirm(confirm: Tool['confirm']): string {
  return confirm === undefined ? 'as set in MCP_CONFIRM' : shorten(JSON.stringify(confirm));
}

function compareNames({ name: before }: Tool, { name: after }: Tool): Finding[] {
  if (before === after) return [];
  return [{ code: 'TOOL_RENAMED', message: `The tool is now called ${after}.`, before, after }];
}

function addition({ annotations, isPublic }: Tool, scopes: ScopeAlternatives): Finding {
  const after = showScopes(scopes);
  const isOpen = isPublic === true;
  const needed = isOpen
    ? 'with MCP_PUBLIC_TOOLS=document, callers need no token'
    : `it needs ${after}`;
  const [code, tool] = annotations.destructiveHint
    ? (['DESTRUCTIVE_TOOL_ADDED', 'New tool, which may be destructive'] as const)
    : ([isOpen ? 'PUBLIC_TOOL_ADDED' : 'TOOL_ADDED', 'New tool'] as const);
  return { code, message: `${tool}; ${needed}.`, after };
}

/** A new tool may send its requests, with credentials, to a host that no tool has used before. */
function newDestination({ baseUrl, tools }: Api, { request: { server } }: Tool): Finding[] {
  const known = [baseUrl, ...tools.map(({ request }) => request.server)];
  if (server === undefined || known.some((one = '') => originOf(one) === originOf(server)))
    return [];
  const after = shorten(server, 200);
  const message = `Requests go to ${after}, where no tool has sent any before.`;
  return [{ code: 'OPERATION_SERVER_CHANGED', place: 'server', message, after }];
}

function scopesOf({ scopes }: Api, { name }: Tool): ScopeAlternatives {
  return own(scopes, name) ?? [];
}
