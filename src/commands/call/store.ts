import { join } from 'node:path';
import type {
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import envPaths from 'env-paths';
import { object } from '../../json.js';
import { createFetch } from '../../net/reach.js';
import type { Environment } from '../../print/terminal.js';
import { PrivateList } from '../../project/private-file.js';

/** Everything stored about one sign-in. */
export interface StoredSignIn {
  /** The authorization server's issuer. */
  readonly issuer: string;
  /** The MCP server's URL. */
  readonly resource: string;
  /** Where the authorization server redirects the browser; a registration is bound to it. */
  readonly redirectUrl: string;
  /** How the authorization server knows this client: `client <id>`, `metadata <url>`, `dynamic`. */
  readonly mode: string;
  readonly client?: StoredOAuthClientInformation;
  readonly tokens?: StoredOAuthTokens;
  readonly discovery?: OAuthDiscoveryState;
}

const KEY = ['issuer', 'resource', 'redirectUrl', 'mode'] as const;

type Key = Pick<StoredSignIn, (typeof KEY)[number]>;

/** Sign-ins, in a file that only its owner can read, newest last. */
export class SignInStore extends PrivateList<StoredSignIn> {
  constructor(path: string) {
    super(path, isSignIn, {
      code: 'BROKEN_STORE',
      message: 'The file of stored sign-ins cannot be read.',
      remedy: 'Remove it: you will be asked to sign in again.',
    });
  }

  /** The sign-ins that match every given member. @throws InputError `BROKEN_STORE` */
  async find(wanted: Partial<Key>): Promise<StoredSignIn[]> {
    const entries = Object.entries(wanted);
    return (await this.all()).filter((stored) =>
      entries.every(([name, value]) => stored[name as keyof Key] === value),
    );
  }

  /** Stores a sign-in; replaces the one with the same authorization server, resource, redirect and mode. */
  put(signIn: StoredSignIn): Promise<void> {
    const isSame = (stored: StoredSignIn) => KEY.every((name) => stored[name] === signIn[name]);
    return this.alone(() => this.replace(isSame, signIn));
  }

  /** Deletes and returns all sign-ins of a resource. */
  forget(resource: string): Promise<StoredSignIn[]> {
    return this.alone(async () => {
      const forgotten = await this.find({ resource });
      if (forgotten.length > 0) await this.replace((stored) => stored.resource === resource);
      return forgotten;
    });
  }
}

/** Where sign-ins are kept: the user's configuration folder, or the folder in the variable. */
export function storePath(env: Environment): string {
  const folder = env.OPENAPI_TO_MCP_CONFIG_DIR || envPaths('openapi-to-mcp', { suffix: '' }).config;
  return join(folder, 'sign-ins.json');
}

function isSignIn(value: unknown): value is StoredSignIn {
  return KEY.every((name) => typeof object(value)[name] === 'string');
}

/** The timeout of a revocation, in milliseconds; users who sign out should not have to wait. */
const patience = 5000;

/** Deletes the sign-ins of a server, and revokes their tokens where the authorization server supports it (RFC 7009). */
export async function logout(resource: string, store: SignInStore): Promise<SignedOut> {
  // A sign-in that was not completed has a client, but no token.
  const forgotten = (await store.forget(resource)).filter(({ tokens }) => tokens !== undefined);
  const revoked = await Promise.all(forgotten.map(revoke));
  return { forgotten: forgotten.length, revoked: revoked.filter(Boolean).length };
}

/** The number of deleted sign-ins, and of revoked tokens. */
interface SignedOut {
  readonly forgotten: number;
  readonly revoked: number;
}

/** Whether the token was revoked. The sign-in is deleted either way. */
async function revoke({ resource, tokens, client, discovery }: StoredSignIn): Promise<boolean> {
  const metadata: Readonly<Record<string, unknown>> = { ...discovery?.authorizationServerMetadata };
  const { revocation_endpoint: endpoint } = metadata;
  const token = tokens?.refresh_token ?? tokens?.access_token;
  if (typeof endpoint !== 'string' || token === undefined || client === undefined) return false;
  const response = await createFetch(new URL(resource))(endpoint, {
    method: 'POST',
    body: new URLSearchParams({ token, client_id: client.client_id }),
    signal: AbortSignal.timeout(patience),
  }).catch(() => undefined);
  return response?.ok === true;
}
