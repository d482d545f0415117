import { join } from 'node:path';
import type {
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import envPaths from 'env-paths';
import { InputError } from '../../errors.js';
import { createFetch } from '../../net/reach.js';
import type { Environment } from '../../print/terminal.js';
import { readIfThere, writePrivately } from '../../project/private-file.js';

/** What there is of one sign-in. */
export interface StoredSignIn {
  /** The authorization server's. */
  readonly issuer: string;
  /** The MCP server's URL. */
  readonly resource: string;
  /** Where the authorization server sends the browser to; a registration is bound to it. */
  readonly redirectUrl: string;
  /** How the authorization server knows this client: `client <id>`, `metadata <url>`, `dynamic`. */
  readonly mode: string;
  readonly client?: StoredOAuthClientInformation;
  readonly tokens?: StoredOAuthTokens;
  readonly discovery?: OAuthDiscoveryState;
}

type Key = Pick<StoredSignIn, 'issuer' | 'resource' | 'redirectUrl' | 'mode'>;

/** Sign-ins, in a file that only its owner can read. The newest is the last. */
export class SignInStore {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Those that fit all that is given. @throws InputError `BROKEN_STORE` */
  async find(wanted: Partial<Key>): Promise<StoredSignIn[]> {
    const entries = Object.entries(wanted);
    return (await this.#read()).filter((stored) =>
      entries.every(([name, value]) => stored[name as keyof Key] === value),
    );
  }

  /** Keeps a sign-in, in place of what there was for its authorization server, resource, redirect and mode. */
  async put(signIn: StoredSignIn): Promise<void> {
    const others = (await this.#read()).filter((stored) => keyOf(stored) !== keyOf(signIn));
    await this.#write([...others, signIn]);
  }

  /** Forgets all of a resource, and returns it. */
  async forget(resource: string): Promise<StoredSignIn[]> {
    const all = await this.#read();
    const forgotten = all.filter((stored) => stored.resource === resource);
    if (forgotten.length > 0)
      await this.#write(all.filter((stored) => stored.resource !== resource));
    return forgotten;
  }

  async #read(): Promise<StoredSignIn[]> {
    const text = await readIfThere(this.#path).catch(() => {
      throw this.#broken();
    });
    if (text === undefined) return [];
    try {
      const value: unknown = JSON.parse(text);
      if (Array.isArray(value) && value.every(isSignIn)) return value;
    } catch {
      // Not JSON is as broken as anything else.
    }
    throw this.#broken();
  }

  #write(signIns: readonly StoredSignIn[]): Promise<void> {
    return writePrivately(this.#path, `${JSON.stringify(signIns, null, 2)}\n`);
  }

  #broken(): InputError {
    return new InputError({
      code: 'BROKEN_STORE',
      message: 'The file of stored sign-ins cannot be read.',
      place: this.#path,
      remedy: 'Remove it: you will be asked to sign in again.',
    });
  }
}

/** Where sign-ins are kept: in the user's configuration folder, or in the folder that the variable names. */
export function storePath(env: Environment): string {
  const folder = env.OPENAPI_TO_MCP_CONFIG_DIR ?? envPaths('openapi-to-mcp', { suffix: '' }).config;
  return join(folder, 'sign-ins.json');
}

function keyOf({ issuer, resource, redirectUrl, mode }: Key): string {
  return JSON.stringify([issuer, resource, redirectUrl, mode]);
}

function isSignIn(value: unknown): value is StoredSignIn {
  if (typeof value !== 'object' || value === null) return false;
  const texts = ['issuer', 'resource', 'redirectUrl', 'mode'];
  return texts.every((name) => name in value && typeof value[name as never] === 'string');
}

/** How long a revocation may take, in milliseconds; users who sign out should not have to wait. */
const patience = 5000;

/** Forgets what is stored of a server, and has its tokens revoked where that is offered (RFC 7009). */
export async function logout(resource: string, store: SignInStore): Promise<SignedOut> {
  const forgotten = await store.forget(resource);
  const revoked = await Promise.all(forgotten.map(revoke));
  return { forgotten: forgotten.length, revoked: revoked.filter(Boolean).length };
}

/** How many sign-ins were deleted, and how many of their tokens the authorization servers revoked. */
export interface SignedOut {
  readonly forgotten: number;
  readonly revoked: number;
}

/** Whether the token is revoked now. A sign-in is deleted either way. */
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
