import { STATUS_CODES } from 'node:http';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { bodyContent, textBlock } from './content.js';
import type { Secrets } from '../credentials/secrets.js';
import { type Answer, isRedirect, isSafe } from './transport.js';

/** What the caller is told of an upstream answer; `less` is how to get a shorter one. */
export function toResult(answer: Answer, secrets: Secrets, less: string): CallToolResult {
  const { blocks, structured } = bodyContent(answer, secrets, less);
  const trailer = notes(answer, secrets).map(textBlock);
  // A failure has no structuredContent: clients that look at nothing else would miss that it is one.
  if (isFailure(answer)) {
    return { content: [...leading(statusLine(answer), blocks), ...trailer], isError: true };
  }
  const content = blocks.length > 0 ? blocks : [textBlock(statusLine(answer))];
  return {
    content: [...content, ...trailer],
    ...(structured !== undefined && { structuredContent: structured }),
  };
}

/** Headers that say where to go on, or when. */
const TOLD = ['Location', 'Link', 'Retry-After'];

/** What a HEAD request asks for, since there is nothing else (RFC 9110 section 9.3.2). */
const ABOUT = ['Content-Type', 'Content-Length', 'ETag', 'Last-Modified'];

/** A tool call that failed before there was an answer. */
export function errorResult(message: string): CallToolResult {
  return { content: [textBlock(message)], isError: true };
}

/** Status and body in one block when the body is text, for clients that show only the first. */
function leading(line: string, blocks: CallToolResult['content']): CallToolResult['content'] {
  const [first, ...rest] = blocks;
  if (first?.type !== 'text') return [textBlock(line), ...blocks];
  return [textBlock(`${line}\n\n${first.text}`), ...rest];
}

/** The phrase is ours: the upstream's own could say anything. */
function statusLine({ status, body }: Answer): string {
  const phrase = STATUS_CODES[status] ?? '';
  const empty = body.byteLength === 0 ? ', without a body' : '';
  return `The API answered ${`${status} ${phrase}`.trim()}${empty}.`;
}

/** A 303 to a POST says that it is done and where the outcome is; after other redirects nothing is done. */
function isFailure({ status, method }: Answer): boolean {
  if (status === 303) return isSafe(method);
  return status >= 400 || isRedirect(status);
}

function notes({ method, status, headers }: Answer, secrets: Secrets): string[] {
  // Nothing else of the headers: cookies and challenges are between this server and the API.
  const names = method === 'HEAD' ? [...TOLD, ...ABOUT] : TOLD;
  const told = names.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [`${name}: ${secrets.mask(value)}`];
  });
  if (isRedirect(status)) {
    told.push(
      'The redirect was not followed: this server follows them for GET and HEAD only, ' +
        'at most 5 times, and never to another origin.',
    );
  }
  if (status === 401 || status === 403) {
    told.push(
      'The API refused the credential of this MCP server, not yours: signing in again will not help. ' +
        'Whoever runs this server has to look into it.',
    );
  }
  return told;
}
