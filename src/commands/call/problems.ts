import {
  InsufficientScopeError,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { codeOf, InputError } from '../../errors.js';
import { reasonOf } from '../../net/fetch-document.js';
import { Unreachable } from '../../net/reach.js';
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
  const [code, message, remedy] = explain(causeOf(error), server, tool);
  const guess = meant === undefined ? '' : `Did you mean ${printable(meant)}? `;
  return new InputError({
    code,
    message: printable(message),
    place: server,
    remedy: guess + remedy,
  });
}

/** The SDK reports what goes wrong while it connects as a failed negotiation of the version. */
function causeOf(error: unknown): unknown {
  return error instanceof SdkError && error.cause instanceof Error ? error.cause : error;
}

function explain(error: unknown, server: string, tool: string | undefined): Reason {
  const message = error instanceof Error ? error.message : String(error);
  const said = message.replace(/\.$/, '');
  const doctor = `For details, run openapi-to-mcp doctor --server ${server}.`;
  const signIn = signInFailure(error, {
    guide: 'The server',
    unsafe: 'Do not use it; its metadata is wrong or malicious.',
    refused: doctor,
  });
  if (signIn !== undefined) return signIn;
  if (error instanceof InsufficientScopeError || (statusOf(error) === 403 && /scope/i.test(said)))
    return [
      'FORBIDDEN',
      `The token lacks permissions: ${said}.`,
      'Use a token that has these scopes.',
    ];
  if (statusOf(error) === 403)
    return ['FORBIDDEN', 'The server denies access, with status 403.', doctor];
  if (error instanceof UnauthorizedError || statusOf(error) === 401)
    return [
      'UNAUTHORIZED',
      'The server does not accept the token.',
      `openapi-to-mcp doctor --server ${server} --token <file> explains why.`,
    ];
  if (error instanceof ProtocolError && tool !== undefined)
    return ['REFUSED', message, `openapi-to-mcp call ${server} lists the tools.`];
  if (isLost(error))
    return [
      'UNREACHABLE',
      `The server does not respond: ${error instanceof SdkError ? said : reasonOf(error)}.`,
      'Is it running? Is the URL right, with its path?',
    ];
  return ['NO_MCP', `The response of the server cannot be used: ${faultIn(error, said)}.`, doctor];
}

function statusOf(error: unknown): number | undefined {
  return error instanceof SdkHttpError ? error.status : undefined;
}

const LOST: readonly string[] = [
  SdkErrorCode.RequestTimeout,
  SdkErrorCode.ConnectionClosed,
  SdkErrorCode.SendFailed,
];

/** Whether there was no response: by the type or code of the error, or because the network is its cause. */
function isLost(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ProtocolError) return false;
  if (error instanceof InputError || error instanceof Unreachable) return true;
  if (error instanceof SdkError) return LOST.includes(error.code);
  return error.cause !== undefined || codeOf(error) !== undefined;
}

/** Why a response cannot be used, on one line: the schema errors of the SDK are many. */
function faultIn(error: unknown, said: string): string {
  if (error instanceof SyntaxError) return 'it is not JSON';
  const [line = ''] = said.split('\n');
  return line === '[' ? 'it does not have the expected structure' : line.replace(/: \[$/, '');
}
