import { inputOf, listFixtures } from '../support/fixtures.js';
import { freePort } from '../support/http.js';
import { buildProject, type RunningProject } from '../support/project.js';
import { secret } from '../support/secrets.js';
import { startStaticIssuer } from '../support/tokens.js';
import { startApi } from './api.js';
import { startProxy } from './proxy.js';

/** The API, an issuer, the generated server, and in front of it the proxy that adds a token. */
export interface Stage {
  /** Where the suite finds MCP: at the proxy, which is also the resource that tokens are for. */
  readonly url: string;
  readonly server: RunningProject;
}

/** Whose token it is. */
export const subject = 'conformance';

/** Every scope of the fixture. */
const scope = 'content.read content.write';

/** Builds and starts everything, unless `signal` is aborted; `cleanup` gets what undoes it, and `generate` more `args`. */
export async function setStage(
  cleanup: (() => Promise<void>)[],
  signal: AbortSignal,
  args: readonly string[] = [],
): Promise<Stage> {
  const fixture = listFixtures().find(({ name }) => name === 'conformance');
  if (fixture === undefined) throw new Error('fixtures/conformance is gone');
  const project = await buildProject('conformance', {
    source: inputOf(fixture),
    args: [...fixture.args, ...args],
  });
  cleanup.push(() => project.remove());
  const upstreamToken = secret('token for the API');
  const [port, api, issuer] = await Promise.all([
    freePort(),
    startApi(upstreamToken),
    startStaticIssuer(),
  ]);
  const proxy = await startProxy({
    target: `http://127.0.0.1:${port}`,
    token: () => issuer.sign({ aud: url, sub: subject, scope }),
  });
  const url = `${proxy.url}/mcp`;
  cleanup.push(api.close, issuer.close, proxy.close);
  signal.throwIfAborted();
  const server = await project.start({
    PORT: String(port),
    MCP_RESOURCE_URL: url,
    OAUTH_AUTHORIZATION_SERVER: issuer.issuer,
    UPSTREAM_BASE_URL: api.url,
    UPSTREAM_BEARER_TOKEN: upstreamToken,
  });
  return { url, server };
}
