import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  OAuthTokens,
} from '@modelcontextprotocol/client';
import { completeAuthorization, CookieJar, type AuthorizationResponse } from './authorize.js';

/** How the authorization server knows a client that does not register itself. */
export interface KnownClient {
  /** By the credentials from its registration; */
  readonly information?: OAuthClientInformationMixed;
  /** or by its client ID metadata document at this URL. */
  readonly clientMetadataUrl?: string;
  readonly redirectUrl?: string;
}

/** A client's memory for the official MCP clients' OAuth support: nothing is kept longer than the object. */
export class MemoryOAuthClient implements OAuthClientProvider {
  /** No server listens there: redirects are followed up to it. */
  readonly redirectUrl: string;
  readonly clientMetadata: OAuthClientMetadata;
  readonly clientMetadataUrl?: string;
  /** The URL that the user was last sent to. */
  authorizationUrl?: URL;
  /** All tokens that it ever received, the newest last. */
  readonly issued: OAuthTokens[] = [];
  readonly #jar = new CookieJar();
  #state = '';
  #verifier = '';
  #information?: OAuthClientInformationMixed;
  #discovery?: OAuthDiscoveryState;

  constructor({ information, clientMetadataUrl, redirectUrl }: KnownClient = {}) {
    this.redirectUrl = redirectUrl ?? 'http://127.0.0.1:9/callback';
    this.clientMetadata = {
      client_name: 'A test client',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
    if (information !== undefined) this.#information = information;
    if (clientMetadataUrl !== undefined) this.clientMetadataUrl = clientMetadataUrl;
  }

  state(): string {
    this.#state = crypto.randomUUID();
    return this.#state;
  }

  clientInformation(): OAuthClientInformationMixed | undefined {
    return this.#information;
  }

  saveClientInformation(information: OAuthClientInformationMixed): void {
    this.#information = information;
  }

  tokens(): OAuthTokens | undefined {
    return this.issued.at(-1);
  }

  saveTokens(tokens: OAuthTokens): void {
    this.issued.push(tokens);
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

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovery = state;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovery;
  }

  /** Acts as the user at the authorization URL; pass the response to `transport.finishAuth`. */
  async consent(login?: string): Promise<AuthorizationResponse> {
    if (!this.authorizationUrl) throw new Error('The client never asked for an authorization');
    const response = await completeAuthorization(this.authorizationUrl, { login, jar: this.#jar });
    if (response.state !== this.#state)
      throw new Error('The authorization answers another request');
    return response;
  }
}
