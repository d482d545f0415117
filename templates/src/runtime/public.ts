import { isObject } from './api.js';
import { calledTools, messagesOf } from './messages.js';
import type { Mcp } from './mcp.js';
import type { Gate } from './oauth/gate.js';
import type { Step } from './steps.js';

// Without them a client cannot learn anything about a server. None of them reaches the API.
const HANDSHAKE = new Set<unknown>([
  'initialize',
  'notifications/initialized',
  'ping',
  'server/discover',
  'tools/list',
]);

/** Refuses a request without a token, unless all of it is public. */
export function publicOnly(gate: Gate | undefined, { names }: Mcp): Step {
  return ({ message, holder }) => {
    if (gate === undefined || holder !== undefined) return undefined;
    const { publicTools: tools } = gate;
    const isPublic = tools !== undefined && isPublicBody(message, tools, names);
    return isPublic ? undefined : gate.missing;
  };
}

/** Whether each message of a body may come without a token: one that needs a token makes the whole body need it. */
export function isPublicBody(
  body: unknown,
  tools: ReadonlySet<string>,
  { operationOf, isFind }: Mcp['names'],
): boolean {
  const messages = messagesOf(body);
  const isPublic = (message: unknown) => {
    if (!isObject(message)) return false;
    if (HANDSHAKE.has(message['method'])) return true;
    if (calledTools(message).some(isFind)) return true;
    const called = calledTools(message, operationOf);
    return called.length > 0 && called.every((tool) => tools.has(tool));
  };
  return messages.length > 0 && messages.every(isPublic);
}
