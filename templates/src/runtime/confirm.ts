import { hash, randomBytes, randomUUID } from 'node:crypto';
import type {
  CallToolResult,
  ElicitRequestFormParams,
  InputRequiredResult,
  ServerContext,
} from '@modelcontextprotocol/server';
import { canonical, isObject, type Json, type JsonObject, type Tool } from './api.js';
import type { Audit } from './audit.js';
import { hashOf, holderOf, identityOf, type Caller, type Holder } from './caller.js';
import { errorResult } from './messages.js';
import { truncate } from './text.js';

/** Which calls a user confirms. */
export interface ConfirmSettings {
  /** Calls of marked operations, of destructive operations as well, or none even if marked. */
  readonly which: 'document' | 'destructive' | 'none';
  /** The key that signs questions. If absent, it is random, and answers are only valid for this process. */
  readonly key?: string;
}

interface ConfirmationOptions {
  /** If absent, the document decides. */
  readonly settings?: ConfirmSettings | undefined;
  readonly audit: Audit;
  /** Refuses a call that could not be made; the user is not asked about it. */
  readonly refuse: (
    tool: Tool,
    args: JsonObject,
    caller: Caller | undefined,
  ) => CallToolResult | undefined;
}

/** A question, as the client returns it with the answer (MCP 2026-07-28, Multi Round-Trip Requests: `requestState`). */
interface Question {
  readonly tool: string;
  readonly digest: string;
  /** Identifies the question, so that it is answered only once. */
  readonly id: string;
}

/** HMAC-SHA256 is weaker with fewer. */
export const MIN_KEY_BYTES = 32;
/** How long a question can be answered. */
export const ANSWER_MS = 300_000;
/** Expiry is in whole seconds, so an answer is remembered longer than it is valid. */
const REMEMBERED_MS = ANSWER_MS + 60_000;
/** About 10 MB. Beyond it, answers are refused until others have expired, because none may be forgotten. */
const MAX_REMEMBERED = 100_000;

/** Asks the user before a call, through the client; without a clear yes to exactly this call, nothing is called. */
export function createConfirmation({
  settings = { which: 'document' },
  audit,
  refuse,
}: ConfirmationOptions) {
  const spend = createMemory();
  let made: ReturnType<typeof createCodec> | undefined;
  // Created when first needed: some platforms have no random numbers before the first request.
  const codec = () => (made ??= createCodec(settings.key));
  const isNeeded = (tool: Tool) => isConfirmed(tool, settings.which);
  return { isNeeded, check, codec };

  /** Undefined if the call may be made. `context` is absent if the client cannot ask the user. */
  async function check(
    tool: Tool,
    args: JsonObject,
    context: ServerContext | undefined,
    caller: Caller | undefined,
    request: string,
  ): Promise<CallToolResult | InputRequiredResult | undefined> {
    if (!isNeeded(tool)) return undefined;
    const log = (outcome: string) =>
      audit('confirmation', { request, tool: tool.name, ...identityOf(caller), outcome });
    if (context !== undefined && isFirst(context)) {
      const refused = refuse(tool, args, caller);
      if (refused !== undefined) return refused;
      log('asked');
      return ask(tool, args, context);
    }
    const fault = context === undefined ? 'cannot ask' : faultOf(tool, args, context);
    log(fault ?? 'confirmed');
    return fault && errorResult(`${FAULTS[fault]} Nothing was called.`);
  }

  async function ask(tool: Tool, args: JsonObject, context: ServerContext) {
    const question = { tool: tool.name, digest: digestOf(args), id: randomUUID() };
    return {
      resultType: 'input_required',
      inputRequests: { [KEY]: { method: 'elicitation/create', params: formOf(tool, args) } },
      requestState: await (await codec()).mint(question, context),
    } satisfies InputRequiredResult;
  }

  /** The fault of an answer. Checking an answer to this call uses it up, whatever it is. */
  function faultOf(tool: Tool, args: JsonObject, { mcpReq }: ServerContext): Fault | undefined {
    const question: unknown = mcpReq.requestState();
    if (!isObject(question)) return 'not asked';
    const isThis = question['tool'] === tool.name && question['digest'] === digestOf(args);
    if (!isThis) return 'another call';
    if (!spend(String(question['id']))) return 'used before';
    return isYes(mcpReq.inputResponses?.[KEY]) ? undefined : 'declined';
  }
}

/** Whether the user is asked before each call of a tool. */
export function isConfirmed(
  { confirm, annotations }: Pick<Tool, 'confirm' | 'annotations'>,
  which: ConfirmSettings['which'],
): boolean {
  if (which === 'none' || confirm === false) return false;
  const isDestructive = annotations.destructiveHint && !annotations.readOnlyHint;
  return confirm !== undefined || (which === 'destructive' && isDestructive);
}

// The name of the question among the input requests.
const KEY = 'confirm';
const FAULTS = {
  'cannot ask':
    'The user has to confirm this call, but this client cannot ask: that requires form elicitation, and MCP 2026-07-28 over HTTP.',
  'not asked': 'The user has to confirm this call, but the answer does not belong to any question.',
  'another call': 'The user has confirmed another call, or the same call with other arguments.',
  'used before':
    'This confirmation has already been used. Each call has to be confirmed separately.',
  declined: 'The user did not confirm this call. Do not repeat it unless asked to.',
} as const;

type Fault = keyof typeof FAULTS;

function isFirst({ mcpReq }: ServerContext): boolean {
  return mcpReq.requestState() === undefined && mcpReq.inputResponses === undefined;
}

/** An accepted form whose box was ticked, in the client's words (MCP, ElicitResult). */
function isYes(answer: unknown): boolean {
  if (!isObject(answer) || answer['action'] !== 'accept') return false;
  const { content } = answer;
  return isObject(content) && content[KEY] === true;
}

/**
 * Whether the client can ask the user. Not over HTTP with earlier protocol versions: this server keeps no sessions, and
 * an answer could reach another instance. `connection` has the capabilities of their handshake.
 */
export function canAsk(
  { mcpReq, http }: ServerContext,
  era: 'legacy' | 'modern',
  connection: { getClientCapabilities(): unknown },
): boolean {
  const envelope: Record<string, unknown> = { ...mcpReq.envelope };
  const stdio = http === undefined ? connection.getClientCapabilities() : undefined;
  const isModern = era === 'modern';
  const capabilities = isModern ? envelope['io.modelcontextprotocol/clientCapabilities'] : stdio;
  const elicitation = isObject(capabilities) ? capabilities['elicitation'] : undefined;
  // An empty object means forms, as it did before modes existed.
  return isObject(elicitation) && ('form' in elicitation || !('url' in elicitation));
}

async function createCodec(key: string | undefined) {
  const { createRequestStateCodec } = await import('@modelcontextprotocol/server');
  return createRequestStateCodec<Question>({
    key: key ?? randomBytes(MIN_KEY_BYTES),
    ttlSeconds: ANSWER_MS / 1000,
    bind: (context) => whoIs(holderOf(context)),
  });
}

/** Distinguishes callers by the issuer and client of the token, or else by the token itself. */
function whoIs(holder: Holder | undefined): string {
  if (holder === undefined) return '';
  const { issuer, subject, client } = holder.caller;
  const isNamed = subject !== undefined || client !== undefined;
  const token = isNamed ? undefined : hashOf(holder.token.reveal());
  return JSON.stringify([issuer ?? null, subject ?? null, client ?? null, token ?? null]);
}

/** Returns true for each ID only the first time. */
function createMemory(): (id: string) => boolean {
  const until = new Map<string, number>();
  return (id) => {
    const now = Date.now();
    for (const [old, end] of until) {
      if (end > now) break;
      until.delete(old);
    }
    if (until.has(id) || until.size >= MAX_REMEMBERED) return false;
    until.set(id, now + REMEMBERED_MS);
    return true;
  };
}

function digestOf(args: JsonObject): string {
  return hash('sha256', canonical(args), 'base64url');
}

const MAX_ARGUMENTS = 20;
const MAX_VALUE = 200;

/** What the user sees: the question, and the call with its arguments, each of them truncated. */
function formOf(
  { name, title, confirm, request: { method, path } }: Tool,
  args: JsonObject,
): ElicitRequestFormParams {
  const question = typeof confirm === 'string' ? fill(confirm, args) : `${title ?? name}?`;
  const given = Object.entries(args).map(([key, value]) => `${visible(key)}: ${shown(value)}`);
  const more = given.length - MAX_ARGUMENTS;
  // A tool of custom code has no operation.
  const operation = method === '' ? '' : ` (${method} ${path})`;
  const lines = [
    question,
    `This calls ${name}${operation}${given.length === 0 ? '.' : ' with'}`,
    ...given.slice(0, MAX_ARGUMENTS),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
  return {
    mode: 'form',
    message: lines.join('\n'),
    requestedSchema: {
      type: 'object',
      properties: { [KEY]: { type: 'boolean', title: 'Do it', default: false } },
      required: [KEY],
    },
  };
}

function fill(question: string, args: JsonObject): string {
  return question.replace(/\{([^{}]+)\}/g, (_, name: string) =>
    Object.hasOwn(args, name) ? shown(args[name] ?? null) : '(not given)',
  );
}

/** A model chose the value, so it is shown in quotes, on one line, and without invisible characters. */
function shown(value: Json): string {
  return visible(JSON.stringify(value));
}

function visible(text: string): string {
  const cut = text.length > MAX_VALUE ? `${truncate(text, MAX_VALUE)} (truncated)` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\u{fffd}');
}
