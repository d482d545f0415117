import {
  InsufficientScopeError,
  ProtocolError,
  SdkHttpError,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { InputError } from '../../errors.js';
import { reasonOf } from '../../net/fetch-document.js';
import { printable } from '../../print/terminal.js';
import { signInFailure, type Reason } from '../../project/sign-in-page.js';

/** Turns a failure between this program, a server and its authorization server into a problem with a remedy. */
export function toInputError(
  error: unknown,
  server: string,
  tool?: string,
  meant?: string,
): InputError {
  if (error instanceof InputError) return error;
  const [code, message, remedy] = explain(error, server, tool);
  const guess = meant === undefined ? '' : `Did you mean ${printable(meant)}? `;
  return new InputError({
    code,
    message: printable(message),
    place: server,
    remedy: guess + remedy,
  });
}

function explain(error: unknown, server: string, tool: string | undefined): Reason {
  const said = error instanceof Error ? error.message : String(error);
  const doctor = `For details, run openapi-to-mcp doctor --server ${server}.`;
  const signIn = signInFailure(error, {
    guide: 'The server',
    unsafe: 'Do not use it; its metadata is wrong or malicious.',
    refused: doctor,
  });
  if (signIn !== undefined) return signIn;
  if (error instanceof InsufficientScopeError || statusOf(error) === 403)
    return [
      'FORBIDDEN',
      `The token lacks permissions: ${said}`,
      'Use a token that has these scopes.',
    ];
  if (error instanceof UnauthorizedError || statusOf(error) === 401)
    return ['UNAUTHORIZED', 'The server does not accept the token.', doctor];
  if (error instanceof ProtocolError && tool !== undefined)
    return ['REFUSED', said, `openapi-to-mcp call ${server} lists the tools.`];
  if (error instanceof SdkHttpError) return ['NO_MCP', said, doctor];
  return [
    'UNREACHABLE',
    `The server does not respond: ${reasonOf(error)}.`,
    'Is it running? Is the URL right, with its path?',
  ];
}

function statusOf(error: unknown): number | undefined {
  return error instanceof SdkHttpError ? error.status : undefined;
}
