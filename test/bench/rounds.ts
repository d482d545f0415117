import { measure, measureGrowth, memoryOf, startWarm } from './measure.js';
import type { ServerProcess } from './process.js';
import type { Pair, Samples } from './results.js';
import { documents, metrics, rowOf, type DocumentName, type Plan } from './scenarios.js';
import type { Stage } from './stage.js';

/** The floor and the generated server. */
interface Both<T> {
  readonly floor: T;
  readonly server: T;
}

type Which = keyof Both<unknown>;

interface Round {
  readonly stage: Stage;
  readonly plan: Plan;
  readonly samples: Samples;
  /** Does something with one of the two, then with the other. */
  readonly both: <T>(work: (which: Which) => Promise<T>) => Promise<Both<T>>;
}

/** Measures everything once, each figure of the floor next to that of the generated server. */
export async function playRound(
  stage: Stage,
  plan: Plan,
  number: number,
  samples: Samples,
): Promise<void> {
  // They take turns in being first, so that the advantage of it evens out.
  const both = number % 2 === 0 ? floorFirst : serverFirst;
  for (const document of documents) await playDocument({ stage, plan, samples, both }, document);
}

/** Watches memory over many calls. The one row that compares the generated server with itself, and not with the floor. */
export async function playGrowth(stage: Stage, samples: Samples): Promise<void> {
  const { first, last } = await measureGrowth(stage, stage.generated.petstore);
  samples.add('petstore/growth', { floor: first, server: last });
}

async function playDocument(round: Round, document: DocumentName): Promise<void> {
  const { stage, plan, both } = round;
  const programs = { floor: stage.floor, server: stage.generated[document] };
  const started: ServerProcess[] = [];
  try {
    const servers = await both(async (which) => {
      const server = await startWarm(stage, programs[which], document, plan.warmUp);
      started.push(server);
      return server;
    });
    await playScenarios(round, document, servers);
  } finally {
    await Promise.all(started.map((server) => server.stop()));
  }
}

async function playScenarios(
  { stage, plan, samples, both }: Round,
  document: DocumentName,
  servers: Both<ServerProcess>,
): Promise<void> {
  const { floor, server } = servers;
  samples.add(`${document}/start`, { floor: floor.startMs, server: server.startMs });
  for (const scenario of plan.scenarios.filter((each) => each.document === document)) {
    const figures = await both((which) => measure(stage, servers[which], scenario));
    for (const metric of metrics) samples.add(rowOf(scenario, metric), pairOf(figures, metric));
  }
  samples.add(`${document}/memory`, await both((which) => memoryOf(servers[which])));
}

function pairOf<K extends string>({ floor, server }: Both<Record<K, number>>, key: K): Pair {
  return { floor: floor[key], server: server[key] };
}

async function floorFirst<T>(work: (which: Which) => Promise<T>): Promise<Both<T>> {
  const floor = await work('floor');
  return { floor, server: await work('server') };
}

async function serverFirst<T>(work: (which: Which) => Promise<T>): Promise<Both<T>> {
  const server = await work('server');
  return { floor: await work('floor'), server };
}
