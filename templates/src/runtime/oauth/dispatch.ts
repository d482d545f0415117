import { decodeJwt } from 'jose';
import { InvalidToken, type Verifier } from './token.js';

/** A verifier for the tokens of some issuers. */
export interface Dispatched {
  readonly issuers: readonly string[];
  readonly verifier: Verifier;
}

/**
 * Passes each token only to the verifier of the issuer that it names, which checks the name again together with the
 * signature. A token that names an unknown issuer is refused without a request to any provider.
 */
export function createDispatcher(servers: readonly Dispatched[]): Verifier {
  const byIssuer = new Map(
    servers.flatMap(({ issuers, verifier }) => issuers.map((issuer) => [issuer, verifier])),
  );
  return {
    async verify(token, options) {
      const issuer = issuerOf(token);
      const verifier = issuer === undefined ? undefined : byIssuer.get(issuer);
      if (verifier === undefined) throw new InvalidToken(`claim iss: ${shown(issuer)} is unknown`);
      const caller = await verifier.verify(token, options);
      // Two issuers may use the same name for different users.
      return { ...caller, issuer };
    },
    /** One server that is down must not lock out the callers of the others. All are asked, so that all load their keys. */
    async ready() {
      const asked = servers.map(async ({ verifier }) => {
        if (!(await verifier.ready())) throw new Error('not ready');
      });
      return Promise.any(asked).then(
        () => true,
        () => false,
      );
    },
  };
}

/** The issuer that the token claims; nothing is verified. */
function issuerOf(token: string): string | undefined {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === 'string' ? iss : undefined;
  } catch {
    return undefined;
  }
}

// For the operator, to compare with the settings.
function shown(issuer: string | undefined): string {
  return issuer === undefined ? 'nothing' : JSON.stringify(issuer).slice(0, 200);
}
