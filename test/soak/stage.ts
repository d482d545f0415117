import { generations } from '../support/generations.js';
import { freePort } from '../support/http.js';
import { buildProject, type RunningProject } from '../support/project.js';
import { secret } from '../support/secrets.js';
import { startStaticIssuer, type StaticIssuer } from '../support/tokens.js';
import { retries } from './calls.js';
import { Client, mayWrite } from './client.js';
import { createOfficialSpeaker } from './official.js';
import { newMarker } from './outcome.js';
import { Inspector } from './process.js';
import { probeCall, Provider } from './provider.js';
import { createRawSpeaker, type Speaker } from './speaker.js';
import { startEchoApi, type EchoApi } from './upstream.js';
import { Wallet } from './wallet.js';

/** The generated server in a separate process, and its surroundings in this one. */
export interface SoakStage {
  readonly server: RunningProject;
  readonly api: EchoApi;
  readonly apiKey: string;
  readonly provider: Provider;
  readonly inspector: Inspector;
  readonly clients: readonly { readonly client: Client; readonly speaks: string }[];
  /** The times of all token renewals. */
  readonly renewals: readonly number[];
  readonly close: () => Promise<void>;
}

/** Milliseconds; more than a client's patience in `client.ts`. */
const UPSTREAM_TIMEOUT = '5000';

/** Seconds; `run.ts` waits for longer at the end. */
const KEEP_ALIVE = '5';

export async function startSoakStage(): Promise<SoakStage> {
  const apiKey = secret('key of the echo API');
  const project = await buildProject('soak', {
    source: 'test/soak/api.yaml',
    args: ['--oauth-server', 'https://auth.example.com'],
  });
  const [api, issuer, port, debugPort] = await Promise.all([
    startEchoApi(apiKey),
    startStaticIssuer(),
    freePort(),
    freePort(),
  ]);
  const server = await project.start({
    PORT: String(port),
    OAUTH_AUTHORIZATION_SERVER: issuer.issuer,
    OAUTH_CLOCK_TOLERANCE: '0',
    UPSTREAM_BASE_URL: `${api.url}/v1`,
    UPSTREAM_API_KEY: apiKey,
    UPSTREAM_TIMEOUT_MS: UPSTREAM_TIMEOUT,
    UPSTREAM_RETRIES: String(retries),
    MCP_RATE_LIMIT: '1000000',
    MCP_KEEP_ALIVE_SECONDS: KEEP_ALIVE,
    NODE_OPTIONS: `--inspect=127.0.0.1:${debugPort}`,
  });
  const inspector = await Inspector.attach(debugPort);
  const prober = createRawSpeaker(server.url, 'initialize');
  const probe = (token: string) => prober.say(probeCall(newMarker('probe0', 0)), token);
  const provider = new Provider(issuer, server.url, probe);
  const renewals: number[] = [];
  const clients = speakers(server.url).map(({ speaks, speaker }, index) => ({
    speaks,
    client: makeClient({
      index,
      speaker,
      speaks,
      issuer,
      api,
      provider,
      renewals,
      url: server.url,
    }),
  }));
  const close = async () => {
    provider.close();
    inspector.close();
    await Promise.all(clients.map(({ client }) => client.close()));
    await project.remove();
    await Promise.all([api.close(), issuer.close()]);
  };
  return { server, api, apiKey, provider, inspector, clients, renewals, close };
}

/** Fifty: official clients are slow, so most send plain HTTP messages. */
function speakers(url: string): { speaks: string; speaker: Speaker }[] {
  const raw = (['initialize', '2026-07-28'] as const).flatMap((era) =>
    Array.from({ length: 19 }, () => ({
      speaks: `messages of ${era}`,
      speaker: createRawSpeaker(url, era),
    })),
  );
  const official = generations.flatMap((generation) =>
    Array.from({ length: 4 }, () => ({
      speaks: `official (${generation.name})`,
      speaker: createOfficialSpeaker(url, generation),
    })),
  );
  return [...raw, ...official];
}

interface Parts {
  readonly index: number;
  readonly speaks: string;
  readonly speaker: Speaker;
  readonly issuer: StaticIssuer;
  readonly api: EchoApi;
  readonly provider: Provider;
  readonly renewals: number[];
  readonly url: string;
}

function makeClient({
  index,
  speaks,
  speaker,
  issuer,
  api,
  provider,
  renewals,
  url,
}: Parts): Client {
  const name = `c${index}`;
  const writes = mayWrite(index);
  const scope = writes ? 'echo.read echo.write' : 'echo.read';
  const wallet = new Wallet(
    issuer,
    { aud: url, sub: name, client_id: `app-${name}`, scope },
    renewals,
  );
  const leaves = speaks.startsWith('messages');
  return new Client({ name, speaker, wallet, writes, leaves, api, provider });
}
