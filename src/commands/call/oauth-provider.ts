import { randomUUID } from 'node:crypto';
import type {
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { InputError } from '../../errors.js';
import { clientMetadata, redirectUrl } from '../../net/callback.js';
import type { SignInStore, StoredSignIn } from './store.js';

/** How the authorization server knows this client. */
export type ClientIdentity =
  | { readonly kind: 'registered'; readonly id: string; readonly secret?: string }
  | { readonly kind: 'metadata'; readonly url: string }
  | { readonly kind: 'dynamic' };

/** What the official client remembers about one server, kept in the store. */
export class StoredClient implements OAuthClientProvider {
  readonly redirectUrl: string;
  readonly clientMetadata: OAuthClientMetadata;
  readonly clientMetadataUrl?: string;
  /** The `state` of the pending authorization request. */
  expectedState = '';
  /** The page that the user has to open. */
  authorizationUrl?: URL;
  /** Why signing in is impossible; the official client may report something else. */
  problem?: InputError;
  readonly #identity: ClientIdentity;
  readonly #store: SignInStore;
  readonly #knownIssuer: string;
  #signIn: StoredSignIn;
  #discovered?: OAuthDiscoveryState;
  #verifier = '';

  constructor(identity: ClientIdentity, signIn: StoredSignIn, port: number, store: SignInStore) {
    this.#identity = identity;
    this.#signIn = signIn;
    this.#knownIssuer = signIn.issuer;
    this.#store = store;
    this.redirectUrl = redirectUrl(port);
    this.clientMetadata = clientMetadata('call', [this.redirectUrl]);
    if (identity.kind === 'metadata') this.clientMetadataUrl = identity.url;
  }

  state(): string {
    this.expectedState = randomUUID();
    return this.expectedState;
  }

  clientInformation(context?: { issuer: string }): StoredOAuthClientInformation | undefined {
    const identity = this.#identity;
    if (identity.kind !== 'registered') return this.#signIn.client;
    const { id: client_id, secret: client_secret } = identity;
    // Never changed once known: a server that names another authorization server must not get the secret sent there.
    const issuer = this.#knownIssuer || (context?.issuer ?? '');
    return { client_id, issuer, ...(client_secret !== undefined && { client_secret }) };
  }

  async saveClientInformation(client: StoredOAuthClientInformation): Promise<void> {
    // A client given as a flag is not stored.
    if (this.#identity.kind !== 'registered') await this.#keep({ client });
  }

  tokens(): StoredOAuthTokens | undefined {
    return this.#signIn.tokens;
  }

  saveTokens(tokens: StoredOAuthTokens): Promise<void> {
    return this.#keep({ tokens });
  }

  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  /** Kept for this run only: the server may have moved to another authorization server since the last one. */
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovered;
  }

  async saveDiscoveryState(discovery: OAuthDiscoveryState): Promise<void> {
    const { authorizationServerMetadata: metadata, authorizationServerUrl } = discovery;
    const issuer = metadata?.issuer ?? authorizationServerUrl;
    this.problem = refusalOf(this.#identity, issuer, metadata ?? {});
    if (this.problem !== undefined) throw this.problem;
    this.#discovered = discovery;
    if (issuer !== this.#signIn.issuer) {
      // Another authorization server: credentials that the previous one issued must not be sent to it.
      const { resource, redirectUrl, mode } = this.#signIn;
      this.#signIn = { issuer, resource, redirectUrl, mode };
    }
    await this.#keep({ discovery });
  }

  async invalidateCredentials(
    scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery',
  ): Promise<void> {
    const { client, tokens, discovery, ...rest } = this.#signIn;
    const gone = (part: typeof scope) => scope === 'all' || scope === part;
    this.#signIn = rest;
    if (gone('discovery')) this.#discovered = undefined;
    await this.#keep({
      ...(client !== undefined && !gone('client') && { client }),
      ...(tokens !== undefined && !gone('tokens') && { tokens }),
      ...(discovery !== undefined && !gone('discovery') && { discovery }),
    });
  }

  async #keep(change: Partial<StoredSignIn>): Promise<void> {
    this.#signIn = { ...this.#signIn, ...change };
    if (this.#signIn.issuer !== '') await this.#store.put(this.#signIn);
  }
}

/** The key of an identity in the store. */
export function modeOf(identity: ClientIdentity): string {
  if (identity.kind === 'registered') return `client ${identity.id}`;
  return identity.kind === 'metadata' ? `metadata ${identity.url}` : 'dynamic';
}

interface ServerAbilities {
  readonly client_id_metadata_document_supported?: boolean | undefined;
  readonly registration_endpoint?: string | undefined;
}

/** Why an authorization server does not support this way of identifying a client. */
function refusalOf(
  { kind }: ClientIdentity,
  issuer: string,
  metadata: ServerAbilities,
): InputError | undefined {
  const { client_id_metadata_document_supported: documents, registration_endpoint } = metadata;
  if (kind === 'metadata' && documents !== true)
    return new InputError({
      code: 'NO_CLIENT_METADATA',
      message: `${issuer} does not support client ID metadata documents.`,
      place: '--client-metadata',
      remedy:
        registration_endpoint === undefined
          ? 'Register a client there by hand, and name it with --client-id.'
          : 'Leave the flag out: the server supports dynamic registration.',
    });
  if (kind !== 'dynamic' || registration_endpoint !== undefined) return undefined;
  return new InputError({
    code: 'NO_REGISTRATION',
    message: `${issuer} does not let clients register themselves.`,
    place: '--client-id',
    remedy: `Register a client there by hand, with the redirect URI http://127.0.0.1/callback, and name it with --client-id${
      documents === true
        ? '; or publish a client ID metadata document, and name its URL with --client-metadata.'
        : '.'
    }`,
  });
}
