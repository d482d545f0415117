import {
  IssuerMismatchError,
  OAuthError,
  RegistrationRejectedError,
} from '@modelcontextprotocol/client';
import { InputError } from '../../errors.js';
import { reasonOf } from '../../net/fetch-document.js';
import { Unreachable } from '../../net/reach.js';
import { printable } from '../../print/terminal.js';

/** Turns a failure between this program and the API's authorization server into a problem with a remedy. */
export function toInputError(error: unknown, place: string): InputError {
  if (error instanceof InputError) return error;
  const [code, message, remedy] = explain(error);
  return new InputError({ code, message: printable(message), place, remedy });
}

function explain(error: unknown): [string, string, string] {
  const said = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
  if (error instanceof IssuerMismatchError)
    return [
      'WRONG_ISSUER',
      `The response comes from a different authorization server: ${said}.`,
      'Do not sign in there: it may be a mix-up attack (RFC 9207).',
    ];
  if (error instanceof Unreachable)
    return [
      'UNSAFE_ADDRESS',
      `The document leads to an address that is never contacted: ${said}.`,
      'Check the URLs under components.securitySchemes in the document.',
    ];
  if (error instanceof RegistrationRejectedError)
    return [
      'REGISTRATION_REFUSED',
      `${said}.`,
      'Register a client by hand, and name it with --client-id.',
    ];
  if (error instanceof OAuthError)
    return [
      'OAUTH_ERROR',
      `The authorization server refused: ${said} (${error.code}).`,
      'Check the client, its secret (UPSTREAM_CLIENT_SECRET) and its redirect URI there.',
    ];
  return [
    'UNREACHABLE',
    `The authorization server does not respond: ${reasonOf(error)}.`,
    'Check the URLs under components.securitySchemes in the document.',
  ];
}
