import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '../support/http.js';
import type { Project, RunningProject } from '../support/project.js';

/** A span in the in-memory exporter. */
export interface SeenSpan {
  readonly name: string;
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT';
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 0 is unset, 2 an error. */
  readonly status: number;
  readonly scope: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
  readonly links: readonly string[];
}

export interface SeenMetric {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly {
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly value:
      number | { readonly count: number; readonly sum: number; readonly buckets: unknown };
  }[];
}

/** A server of the bundle with an SDK beside it. */
export interface Watched extends RunningProject {
  /** The measurements since the start, or since spans were last dropped. */
  readonly seen: () => Promise<{ readonly spans: SeenSpan[]; readonly metrics: SeenMetric[] }>;
  /** Drops the spans. */
  readonly drop: () => Promise<void>;
}

/** The environment that loads the SDK, according to its documentation. */
export async function sdkEnvironment(): Promise<{
  readonly NODE_OPTIONS: string;
  readonly TELEMETRY_PORT: string;
}> {
  const sdk = pathToFileURL(join(import.meta.dirname, 'sdk.js')).href;
  return { NODE_OPTIONS: `--import=${sdk}`, TELEMETRY_PORT: String(await freePort()) };
}

/** Reads the measurements of an SDK. */
export async function readSdk(port: string, method = 'GET') {
  const response = await fetch(`http://127.0.0.1:${port}/`, { method });
  return (await response.json()) as Awaited<ReturnType<Watched['seen']>>;
}

/** Starts a project with the SDK beside it. */
export async function startWatched(
  project: Project,
  env: Readonly<Record<string, string>>,
): Promise<Watched> {
  const sdk = await sdkEnvironment();
  const server = await project.start({ ...sdk, ...env });
  const drop = async (): Promise<void> => {
    await readSdk(sdk.TELEMETRY_PORT, 'DELETE');
  };
  return { ...server, drop, seen: () => readSdk(sdk.TELEMETRY_PORT) };
}
