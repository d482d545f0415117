import { lookup } from 'node:dns';
import { Agent, Dispatcher, EnvHttpProxyAgent, setGlobalDispatcher } from 'undici';
import { isProxyUrl } from '../../templates/src/runtime/environment.js';
import {
  createPublicLookup,
  PRIVATE_ADDRESS,
  type Resolve,
} from '../../templates/src/runtime/fetch-public.js';
import { codeOf, InputError } from '../errors.js';

type Variables = Readonly<Record<string, string | undefined>>;

const guard = { connect: { lookup: createPublicLookup() } };

/**
 * Never pauses a response: if a connection ends while its response is paused, undici 7 ends this process
 * (nodejs/undici#5360). Readers limit its length.
 */
const unpaused: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, {
    onRequestStart: (...given) => handler.onRequestStart?.(...given),
    onResponseStart: (...given) => handler.onResponseStart?.(...given),
    onResponseData(controller, chunk) {
      const pause = { value: () => undefined };
      const steady = Object.create(controller, { pause }) as typeof controller;
      handler.onResponseData?.(steady, chunk);
    },
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
  });

const direct = new Agent(guard).compose(unpaused);

let throughProxy: Dispatcher | undefined;

let open: Dispatcher = new Agent().compose(unpaused);

/** The connections for requests to hosts that the user named. */
export function openAgent(): Dispatcher {
  return open;
}

/**
 * Sends the requests of this process through the proxy that the variables name, if any, except to this machine. They
 * are those of curl and of generated servers: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, in either case. If one cannot be
 * used, each request fails with an InputError, INVALID_PROXY, as its cause.
 */
export function useProxy(env: Variables): void {
  const http = env['http_proxy'] || env['HTTP_PROXY'] || '';
  const https = env['https_proxy'] || env['HTTPS_PROXY'] || '';
  if (!http && !https) return;
  const isUsable = [http, https].every((proxy) => proxy === '' || isProxyUrl(proxy));
  const named = env['no_proxy'] || env['NO_PROXY'] || '';
  const noProxy = named.trim() === '*' ? '*' : `${named},localhost,127.0.0.1,[::1]`;
  // Absent values would be read from the environment of the process.
  const options = { httpProxy: http, httpsProxy: https, noProxy };
  const agent = (more = {}) =>
    isUsable ? new EnvHttpProxyAgent({ ...options, ...more }).compose(unpaused) : new Refusing();
  open = agent();
  setGlobalDispatcher(open);
  throughProxy = agent(guard);
}

/** Commands that send no request must work all the same: the variable may be for other programs (`socks5://…`). */
class Refusing extends Dispatcher {
  override dispatch(): never {
    throw new InputError({
      code: 'INVALID_PROXY',
      message: 'The proxy of the environment is not an http:// or https:// URL.',
      place: 'HTTPS_PROXY, HTTP_PROXY',
      remedy: 'Write it as http://proxy.example.com:3128, or unset the variable.',
    });
  }
}

/**
 * The connections for requests to hosts that a document or a server names: to public addresses only. Literal addresses
 * must be checked before. A proxy resolves names itself; here a name is refused that this machine knows as private.
 * @throws TypeError with the cause `PRIVATE_ADDRESS`, like `fetch`
 */
export async function guardedAgent(url: URL, resolve: Resolve = lookup): Promise<Dispatcher> {
  if (resolve !== lookup)
    return new Agent({ connect: { lookup: createPublicLookup(resolve) } }).compose(unpaused);
  if (throughProxy === undefined) return direct;
  const problem = await new Promise((done) => {
    createPublicLookup(resolve)(url.hostname, { all: true }, done);
  });
  if (codeOf(problem) === PRIVATE_ADDRESS) throw new TypeError('fetch failed', { cause: problem });
  return throughProxy;
}
