/**
 * `npm run soak`: many calls against a generated server, while everything around it goes wrong in between.
 *
 *     npm run soak                        200,000 calls
 *     npm run soak -- --calls 2000        fewer, for a try; the provider's phases take some minutes all the same
 *     npm run soak -- … --output FILE     the tables go into a file too
 */
import { writeFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { checkCalls, checkMemory, checkRenewals, checkTraces } from './checks.js';
import type { Finding } from './client.js';
import { MemoryWatch } from './memory.js';
import { phases, Schedule } from './phases.js';
import { sample } from './process.js';
import { count, format, type Check, type PhaseTally, type Soak } from './report.js';
import { startSoakStage, type SoakStage } from './stage.js';

const { values: flags } = parseArgs({
  options: { calls: { type: 'string', default: '200000' }, output: { type: 'string' } },
});
const calls = Number(flags.calls);
if (!Number.isSafeInteger(calls) || calls < 100)
  throw new Error('--calls is a number, 100 or more.');

async function soak(stage: SoakStage): Promise<Soak> {
  const { server, provider, inspector, clients, renewals } = stage;
  const pid = server.child.pid ?? 0;
  const before = await sample(pid);
  const tallies = phases.map((): PhaseTally => ({ calls: 0, faults: 0, good: [] }));
  const kinds = new Map<string, number>();
  const findings: Finding[] = [];
  const schedule = new Schedule(calls, provider);
  const watch = new MemoryWatch(pid, inspector, () => schedule.progress);
  const stalls = monitorEventLoopDelay({ resolution: 20 });
  stalls.enable();
  const started = performance.now();
  const work = clients.map(async ({ client }) => {
    for (let job = await schedule.take(); job !== undefined; job = await schedule.take()) {
      const finding = await client.perform(job.number);
      findings.push(finding);
      count({ phases: tallies, kinds }, job.phase, finding);
      report(finding, findings.length);
    }
  });
  await Promise.all(work);
  const seconds = (performance.now() - started) / 1000;
  await watch.end();
  const made = findings.length;
  const faults = findings.flatMap(({ fault }) => fault ?? []);
  const checks = [
    ...checkCalls(made, faults, tallies),
    ...checkTraces(stage, findings),
    ...checkMemory(calls, watch.quarters),
    checkRenewals(renewals, clients.length),
    ...(await checkEnd(stage, before.descriptors)),
  ];
  const { quarters } = watch;
  const names = clients.map(({ speaks }) => speaks);
  const stall = stalls.max / 1e6;
  return {
    asked: calls,
    calls: made,
    clients: names,
    seconds,
    stall,
    phases: tallies,
    kinds,
    quarters,
    checks,
  };
}

let reported = 0;

function report({ fault }: Finding, done: number): void {
  if (fault !== undefined && (reported += 1) <= 20) process.stderr.write(`${fault}\n`);
  if (done % Math.ceil(calls / 20) === 0) process.stderr.write(`${done} calls so far\n`);
}

/** The resources left after the last call, and whether the server exits on its signal. */
async function checkEnd(
  { server, api, clients, inspector }: SoakStage,
  descriptors: number,
): Promise<Check[]> {
  await Promise.all(clients.map(({ client }) => client.close()));
  // By then, the server has closed idle connections.
  await pause(7000);
  const after = await sample(server.child.pid ?? 0);
  // A process whose debugger is attached waits for it before it exits.
  inspector.close();
  const asked = Date.now();
  const { status } = await server.end('SIGTERM');
  const ms = Date.now() - asked;
  return [
    {
      name: 'no request to the API is left over',
      seen: `${api.open()} are`,
      passed: api.open() === 0,
    },
    {
      name: 'no file descriptor is left open',
      seen: `${descriptors} before the first call, ${after.descriptors} after the last`,
      passed: after.descriptors <= descriptors + 4,
    },
    {
      name: 'the server ends on SIGTERM',
      seen: `status ${status ?? 'none'} after ${ms} ms`,
      passed: status === 0 && ms < 8000,
    },
  ];
}

const stage = await startSoakStage();
try {
  const result = await soak(stage);
  const text = format(result);
  process.stdout.write(text);
  if (flags.output !== undefined) await writeFile(flags.output, text);
  if (result.checks.some(({ passed }) => passed === false)) process.exitCode = 1;
} finally {
  await stage.close();
}
