import { CredentialsError } from './error.js';
import type { TokenSource } from './token-source.js';

/**
 * The caller's own token, where it was issued for the API as well. The MCP specification forbids to pass on any
 * other (Security Best Practices, token passthrough).
 */
export function createForward(audience: string, origin: string): TokenSource {
  return {
    token({ caller, url }) {
      // A server of a single operation's own may be anybody's.
      if (url.origin !== origin || caller?.audiences.includes(audience) !== true)
        return Promise.reject(
          new CredentialsError(
            'This tool was not called: the access token of this session is not meant for the API as well. ' +
              'Whoever runs this server can find out why.',
            'audience',
          ),
        );
      return Promise.resolve(caller.reveal());
    },
    renew: () => false,
  };
}
