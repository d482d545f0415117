import type { Api } from '../../../templates/src/runtime/api.js';
import { object, type JsonObject } from '../../json.js';
import { resolve } from '../../pointer.js';
import { startAuthorizationServer } from './authorization-server.js';
import { startFront } from './front.js';
import { startMock, type Mock, type MockRequest } from './mock/mock.js';
import { choosePort } from '../../net/listening.js';

/** Everything that runs beside a project's server. */
export interface Beside {
  /** The authorization server's issuer; absent if the project requires no token. */
  readonly issuer?: string;
  /** The port of the authorization server. */
  readonly authPort?: number;
  readonly upstream: string;
  /** Absent if the upstream is a real API. */
  readonly mock?: Mock;
  readonly close: () => Promise<void>;
}

/** A tunnel from a public origin to a local port, which forwards to the server's port. */
export interface Tunnel {
  readonly origin: string;
  readonly port: number;
  readonly serverPort: number;
}

interface BesideOptions {
  /** The URL of the server, for which tokens are issued. */
  readonly resource: string;
  /** The tunnel that makes both servers public. */
  readonly tunnel?: Tunnel | undefined;
  readonly authPort?: number;
  readonly mockPort?: number;
  /** The real API, instead of a mock. */
  readonly upstream?: string;
  /** The OpenAPI document; without it there is no mock. */
  readonly document?: JsonObject;
  /** Called with each request to the mock. */
  readonly onMockRequest: (request: MockRequest) => void;
}

/** Starts an authorization server and a mock of the API, as the project needs. @throws InputError */
export async function startBeside(api: Api, options: BesideOptions): Promise<Beside> {
  const { resource, tunnel, upstream, document = {} } = options;
  const started: { close: () => Promise<void> }[] = [];
  const close = async () => {
    await Promise.all(started.map((server) => server.close()));
  };
  try {
    const mock = upstream === undefined ? await startMockOf(document, options) : undefined;
    if (mock !== undefined) started.push(mock);
    const needsTokens = api.authentication !== 'none';
    const authPort = needsTokens
      ? await choosePort('--auth-port', options.authPort, 4000)
      : undefined;
    const authorization =
      authPort === undefined
        ? undefined
        : await startAuthorizationServer({
            port: authPort,
            publicOrigin: tunnel?.origin,
            resource,
            defaultResource: resource,
            scopes: scopesOf(api),
            pages: { title: api.title, scopes: scopeWords(document) },
          });
    if (authorization !== undefined) started.push(authorization);
    if (tunnel !== undefined && authPort !== undefined)
      started.push(await startFront({ ...tunnel, authPort }));
    const { issuer } = authorization ?? {};
    return { upstream: upstream ?? mock?.url ?? '', close, mock, issuer, authPort };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startMockOf(document: JsonObject, options: BesideOptions): Promise<Mock> {
  const port = await choosePort('--mock-port', options.mockPort, 4010);
  return startMock(document, { port, onRequest: options.onMockRequest });
}

/** Every scope that a tool may require. */
export function scopesOf({ scopes }: Api): string[] {
  return [...new Set(Object.values(scopes).flat(2))].sort();
}

/** The descriptions of scopes in a document (OpenAPI 3.1, OAuth Flow Object). */
function scopeWords(root: JsonObject): Record<string, string> {
  const schemes = Object.values(object(object(root['components'])['securitySchemes']));
  const flows = schemes.flatMap((scheme) => Object.values(object(resolve(root, scheme)['flows'])));
  const scopes = flows.flatMap((flow) => Object.entries(object(object(flow)['scopes'])));
  return Object.fromEntries(
    scopes.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
