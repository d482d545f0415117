import type { Api } from '../../diff/api-types.js';
import type { JsonObject } from '../../json.js';
import { startAuthorizationServer } from './authorization-server.js';
import { startMock, type Mock, type MockRequest } from './mock/mock.js';
import { choosePort } from '../../net/listening.js';
import { scopeWords } from './scope-words.js';
import { resourceOf } from './variables.js';

/** What runs beside the server of a project. */
export interface Beside {
  /** The authorization server's; absent where the project asks for no token. */
  readonly issuer?: string;
  readonly upstream: string;
  /** Absent where the upstream is somebody else's. */
  readonly mock?: Mock;
  readonly close: () => Promise<void>;
}

export interface BesideOptions {
  /** Of the server itself. */
  readonly port: number;
  readonly authPort?: number;
  readonly mockPort?: number;
  /** The real API, instead of a mock. */
  readonly upstream?: string;
  /** The OpenAPI document; where it cannot be had, there is no mock. */
  readonly document?: JsonObject;
  /** Hears each request to the mock. */
  readonly onMockRequest: (request: MockRequest) => void;
}

/** Starts an authorization server and a mock of the API, as far as a project needs them. @throws InputError */
export async function startBeside(api: Api, options: BesideOptions): Promise<Beside> {
  const { port, upstream, document = {} } = options;
  const started: { close: () => Promise<void> }[] = [];
  const close = async () => {
    await Promise.all(started.map((server) => server.close()));
  };
  try {
    const mock = upstream === undefined ? await startMockOf(document, options) : undefined;
    if (mock !== undefined) started.push(mock);
    const authorization =
      api.authentication === 'none'
        ? undefined
        : await startAuthorizationServer({
            port: await choosePort('--auth-port', options.authPort, 4000),
            resource: resourceOf(port),
            scopes: scopesOf(api),
            pages: { title: api.title, scopes: scopeWords(document) },
          });
    if (authorization !== undefined) started.push(authorization);
    return {
      upstream: upstream ?? mock?.url ?? '',
      close,
      ...(mock !== undefined && { mock }),
      ...(authorization !== undefined && { issuer: authorization.issuer }),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startMockOf(document: JsonObject, options: BesideOptions): Promise<Mock> {
  const port = await choosePort('--mock-port', options.mockPort, 4010);
  return startMock(document, { port, onRequest: options.onMockRequest });
}

/** Every scope that a tool can need. */
export function scopesOf({ scopes }: Api): string[] {
  return [...new Set(Object.values(scopes).flat(2))].sort();
}
