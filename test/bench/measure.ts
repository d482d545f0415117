import { median, quantile } from '../soak/memory.js';
import { sample } from '../soak/process.js';
import { Crowd, type DriveOptions } from './drive.js';
import { callWriter, eras, listWriter, type Era } from './messages.js';
import { cpuOf, start, type Program, type ServerProcess } from './process.js';
import {
  growthCalls,
  toolCalls,
  type DocumentName,
  type Metric,
  type Scenario,
} from './scenarios.js';
import type { Stage } from './stage.js';
import { marker } from './surroundings.js';
import type { Callers } from './tokens.js';

/** The figures of one server in one scenario: microseconds of CPU for each call, calls a second, milliseconds. */
export type Figures = Readonly<Record<Metric, number>>;

/** Starts a server and calls it until its code is compiled. */
export async function startWarm(
  stage: Stage,
  program: Program,
  document: DocumentName,
  calls: number,
): Promise<ServerProcess> {
  const server = await start(program, listWriter(eras[0])(1, stage.wallet.tokenOf('one token', 0)));
  try {
    for (const era of eras) await warm(server, calls / eras.length, driven(stage, document, era));
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function warm({ url }: ServerProcess, calls: number, options: DriveOptions): Promise<void> {
  const crowd = new Crowd(url, 32);
  await crowd.run(calls, options).finally(() => crowd.close());
}

/** Makes the calls of a scenario. */
export async function measure(
  stage: Stage,
  { pid, url }: ServerProcess,
  { document, era, callers, connections, calls }: Scenario,
): Promise<Figures> {
  const crowd = new Crowd(url, connections);
  await crowd.open(driven(stage, document, era));
  const before = await cpuOf(pid);
  const { seconds, latencies } = await crowd.run(calls, driven(stage, document, era, callers));
  const cpu = ((await cpuOf(pid)) - before) / calls;
  await crowd.close();
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  return { cpu, rate: calls / seconds, p50, p99 };
}

/** Resident memory, in megabytes (10^6 bytes). */
export async function memoryOf({ pid }: ServerProcess): Promise<number> {
  return (await sample(pid)).resident;
}

/** Resident megabytes after the first and after the last of many calls by 1,000 callers, in both eras in turn. */
export async function measureGrowth(
  stage: Stage,
  program: Program,
): Promise<{ first: number; last: number }> {
  const server = await startWarm(stage, program, 'petstore', 0);
  const crowd = new Crowd(server.url, 32);
  const options = mixed(stage);
  try {
    await crowd.run(growthCalls.first - WATCHED, options);
    const first = await watched(server, crowd, options);
    await crowd.run(growthCalls.last - growthCalls.first - WATCHED, options);
    return { first, last: await watched(server, crowd, options) };
  } finally {
    await crowd.close();
    await server.stop();
  }
}

/** The calls during which memory is sampled: one moment alone may be just before or just after a collection. */
const WATCHED = 5000;

async function watched(
  server: ServerProcess,
  crowd: Crowd,
  options: DriveOptions,
): Promise<number> {
  const samples = [await memoryOf(server)];
  const timer = setInterval(() => {
    void memoryOf(server).then((megabytes) => samples.push(megabytes));
  }, 100);
  await crowd.run(WATCHED, options).finally(() => clearInterval(timer));
  return median(samples);
}

function driven(
  stage: Stage,
  document: DocumentName,
  era: Era,
  callers: Callers = 'one token',
): DriveOptions {
  const write = callWriter(era, toolCalls[document]);
  return {
    write: (index) => write(index, stage.wallet.tokenOf(callers, index)),
    expected: marker,
  };
}

function mixed(stage: Stage): DriveOptions {
  const [older, newer] = eras.map((era) => driven(stage, 'petstore', era, '1,000 callers'));
  if (older === undefined || newer === undefined) throw new Error('There are two eras.');
  return { ...older, write: (index) => (index % 2 === 0 ? older : newer).write(index) };
}
