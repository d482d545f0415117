import {
  InsufficientScopeError,
  IssuerMismatchError,
  OAuthError,
  ProtocolError,
  RegistrationRejectedError,
  SdkHttpError,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { InputError } from '../../errors.js';
import { Unreachable } from '../../net/reach.js';
import { reasonOf } from '../../net/fetch-document.js';
import { printable } from '../../print/terminal.js';

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

const doctor = (server: string) => `For details, run openapi-to-mcp doctor --server ${server}.`;

function explain(
  error: unknown,
  server: string,
  tool: string | undefined,
): [string, string, string] {
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof IssuerMismatchError)
    return [
      'WRONG_ISSUER',
      `The response comes from a different authorization server: ${said}`,
      'Do not sign in there: it may be a mix-up attack (RFC 9207).',
    ];
  if (error instanceof Unreachable)
    return [
      'UNSAFE_ADDRESS',
      `The server leads to an address that is never contacted: ${said}.`,
      'Do not use it; its metadata is wrong or malicious.',
    ];
  if (error instanceof RegistrationRejectedError)
    return [
      'REGISTRATION_REFUSED',
      said,
      'Register a client by hand, and name it with --client-id.',
    ];
  if (error instanceof OAuthError)
    return error.code === 'access_denied'
      ? [
          'DENIED',
          `The sign-in was refused: ${said}`,
          'Run this again, and grant the access that it asks for.',
        ]
      : [
          'OAUTH_ERROR',
          `The authorization server refused: ${said} (${error.code})`,
          doctor(server),
        ];
  if (error instanceof InsufficientScopeError || statusOf(error) === 403)
    return [
      'FORBIDDEN',
      `The token lacks permissions: ${said}`,
      'Use a token that has these scopes.',
    ];
  if (error instanceof UnauthorizedError || statusOf(error) === 401)
    return ['UNAUTHORIZED', 'The server does not accept the token.', doctor(server)];
  if (error instanceof ProtocolError && tool !== undefined)
    return ['REFUSED', said, `openapi-to-mcp call ${server} lists the tools.`];
  if (error instanceof SdkHttpError) return ['NO_MCP', said, doctor(server)];
  return [
    'UNREACHABLE',
    `The server does not respond: ${reasonOf(error)}.`,
    'Is it running? Is the URL right, with its path?',
  ];
}

function statusOf(error: unknown): number | undefined {
  return error instanceof SdkHttpError ? error.status : undefined;
}
