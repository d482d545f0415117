import type { Api, JsonObject, SecurityScheme, Tool } from '../../templates/src/runtime/api.js';
import type { Caller, CallerToken } from '../../templates/src/runtime/caller.js';
import type { Callers } from '../../templates/src/runtime/credentials/settings.js';
import { announceStdio } from '../../templates/src/runtime/announce.js';
import type { Variables } from '../../templates/src/runtime/environment.js';
import {
  createCall,
  type CustomCredential,
  type Outcome,
} from '../../templates/src/runtime/upstream/call.js';
import type { SecretWatch } from '../support/secret-watch.js';
import { makeApi, makeSettings, makeTool } from '../runtime/upstream/wire.js';

export interface ConnectOptions {
  readonly baseUrl: string;
  readonly schemes?: Api['securitySchemes'];
  readonly variables?: Variables;
  readonly callers?: Callers;
  readonly credential?: CustomCredential;
  /** Sees every outcome, and what a start would print. */
  readonly watch: SecretWatch;
}

export interface CallOptions {
  readonly args?: JsonObject;
  readonly signal?: AbortSignal;
  readonly caller?: Caller;
  readonly token?: CallerToken;
}

/** Calls a tool, as a server that was just started would. */
export type Connection = (tool: Tool, options?: CallOptions) => Promise<Outcome>;

/** The calling half of a server: settings as a start reads them, and nothing in place of anything. */
export function connect({
  baseUrl,
  schemes = {},
  variables = {},
  callers = 'anybody',
  credential,
  watch,
}: ConnectOptions): Connection {
  const api = makeApi({ baseUrl, securitySchemes: schemes });
  const settings = makeSettings(api, variables, callers);
  watch.see(announceStdio(api, settings));
  const call = createCall(api, settings, credential === undefined ? {} : { credential });
  return async (tool, { args = {}, signal = new AbortController().signal, ...who } = {}) =>
    watch.see(await call(tool, args, { signal, requestId: crypto.randomUUID(), ...who }));
}

/** A scheme whose tokens are issued at a URL. */
export function oauth2(tokenUrl?: string): SecurityScheme {
  return { type: 'oauth2', ...(tokenUrl !== undefined && { tokenUrl }) };
}

/** A tool whose operation asks for a token of the scheme `oauth`, with these scopes. */
export function toolFor(...scopes: string[]): Tool {
  return makeTool({ security: [{ oauth: scopes }] });
}

/** What the API reported about its caller. */
export function callerIn({ result }: Outcome): unknown {
  const [first] = result.content as { text?: string }[];
  return (JSON.parse(first?.text ?? 'null') as { caller?: unknown } | null)?.caller;
}

/** Variables without those of a server that asks for tokens: without OAuth they would stop the start first. */
export function withoutOAuth(variables: Variables): Variables {
  return Object.fromEntries(
    Object.entries(variables).filter(([name]) => !name.startsWith('OAUTH_')),
  );
}
