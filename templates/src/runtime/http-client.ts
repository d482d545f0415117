import { rootCertificates } from 'node:tls';
import { EnvHttpProxyAgent, fetch as fetchOverUndici } from 'undici';
import type { Environment } from './environment.js';

/** The part of `fetch` that is used here: no redirect is followed without being asked for. */
export type Fetch = (url: string | URL, init: RequestInit) => Promise<Response>;

/** Which connections go through a proxy; URLs as the usual variables hold them. */
export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  /** Hosts that are reached directly, separated by commas. */
  readonly direct?: string;
}

/** In PEM. */
export interface TlsSettings {
  /** A certificate authority that is trusted besides the usual ones. */
  readonly ca?: string;
  /** What this server shows when it is asked who it is. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** Reads the variables that most programs read, in capitals or not, and records in `env` what is wrong with them. */
export function readProxySettings(env: Environment): ProxySettings {
  const [http, https] = (['HTTP_PROXY', 'HTTPS_PROXY'] as const).map((name) => {
    const url = env.text(name) ?? env.text(name.toLowerCase());
    const usable = url === undefined || isProxyUrl(url);
    if (!usable) env.problem(name, 'must be the http or https URL of a proxy', 'http://proxy:3128');
    return usable ? url : undefined;
  });
  const direct = env.text('NO_PROXY') ?? env.text('no_proxy');
  return {
    ...(http !== undefined && { http }),
    ...(https !== undefined && { https }),
    ...(direct !== undefined && { direct }),
  };
}

function isProxyUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  try {
    // What is sent to the proxy is what they stand for.
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/**
 * A `fetch` with connections of its own, kept open for the next request. Not the built-in one: neither a proxy nor
 * certificates can be set there before Node 24.
 */
export function createFetch(proxy: ProxySettings, { ca, certificate }: TlsSettings = {}): Fetch {
  const tls = { ...(ca !== undefined && { ca: [...rootCertificates, ca] }), ...certificate };
  const dispatcher = new EnvHttpProxyAgent({
    // Never absent: what is absent the agent looks up in the process's own environment.
    httpProxy: proxy.http ?? '',
    httpsProxy: proxy.https ?? '',
    noProxy: proxy.direct ?? '',
    connect: tls,
    requestTls: tls,
    // Every request has a deadline of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // The same classes under two names: undici's own types, and those that come with Node.
  return (url, init) =>
    fetchOverUndici(url, {
      ...(init as object),
      redirect: 'manual',
      dispatcher,
    }) as Promise<unknown> as Promise<Response>;
}
