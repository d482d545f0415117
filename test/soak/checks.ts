import type { Finding } from './client.js';
import { median, quantile, type Quarter } from './memory.js';
import { clientOf } from './outcome.js';
import { phases } from './phases.js';
import type { Check, PhaseTally } from './report.js';
import type { SoakStage } from './stage.js';

/** With fewer calls, memory cannot be judged: the size of the heap is not stable yet. */
const ENOUGH = 40_000;

/** Milliseconds; a call that waits for a provider that hangs takes five seconds. */
const PROMPT = 2500;

/** The results of the calls themselves. */
export function checkCalls(
  calls: number,
  faults: readonly string[],
  tallies: readonly PhaseTally[],
): Check[] {
  const foreign = faults.filter((fault) => fault.includes('the answer is that of'));
  const down = tallies.filter((_, index) => /503|drops|hangs/.test(phases[index]?.name ?? ''));
  const good = down.flatMap((tally) => tally.good);
  const slowest = quantile(good, 0.99);
  const wrong = down.reduce((sum, tally) => sum + tally.faults, 0);
  return [
    {
      name: 'every call gets what it must',
      seen: `${faults.length} of ${calls} do not`,
      passed: faults.length === 0,
    },
    {
      name: 'no call gets anything of another',
      seen: `${foreign.length} do`,
      passed: foreign.length === 0,
    },
    {
      name: 'known keys serve on while the provider is down',
      seen: `${good.length} calls, ${wrong} wrong, 99 % within ${slowest.toFixed(0)} ms`,
      passed: good.length > 0 && wrong === 0 && slowest < PROMPT,
    },
  ];
}

/** The same calls according to the API and the server's log. */
export function checkTraces(
  { api, server, apiKey, provider }: SoakStage,
  findings: readonly Finding[],
): Check[] {
  const expected = new Map(findings.map(({ marker, reaches }) => [marker, reaches]));
  const arrivals = [...api.arrivals].filter(([marker]) => !marker.startsWith('m-probe'));
  const strays = arrivals.filter(([marker, { times }]) => times !== expected.get(marker)).length;
  const missing = findings.filter(
    ({ marker, reaches }) => reaches > 0 && !api.arrivals.has(marker),
  ).length;
  const lines = new Map(
    server
      .audit()
      .filter(({ event }) => event === 'tool_call')
      .map((line) => [line.request, line.subject]),
  );
  const misnamed = arrivals.filter(
    ([marker, { requestId }]) => lines.get(requestId) !== clientOf(marker),
  ).length;
  const leaks = [apiKey, 'Bearer ey', '"ey'].filter((secret) => server.output().includes(secret));
  return [
    {
      name: 'the API is asked as often as each call should reach it',
      seen: `${arrivals.length} requests, ${strays} too often or too seldom, ${missing} missing`,
      passed: strays + missing === 0,
    },
    {
      name: 'the log names the caller of each request to the API',
      seen: `${lines.size} lines, ${misnamed} requests with another caller or none`,
      passed: misnamed === 0,
    },
    {
      name: 'the log holds no token and no key',
      seen: `${leaks.length} kinds of them`,
      passed: leaks.length === 0,
    },
    {
      name: 'rotations, withdrawals and outages take effect',
      seen: provider.faults.join('; ') || `${provider.probes} probes as they must be`,
      passed: provider.faults.length === 0,
    },
  ];
}

/** Whether the last quarter needs more than the second. */
export function checkMemory(calls: number, [, second, , last]: readonly Quarter[]): Check[] {
  const compare = (name: string, of: (quarter: Quarter) => number, slack: number): Check => {
    const [before, after] = [second, last].map((quarter) =>
      quarter === undefined ? 0 : of(quarter),
    );
    const [from = 0, to = 0] = [before, after];
    const limit = Math.max(from * 1.1, from + slack);
    const seen = `${from.toFixed(1)} in the second quarter, ${to.toFixed(1)} in the last; limit ${limit.toFixed(1)}`;
    return { name, seen, passed: calls < ENOUGH ? undefined : to <= limit };
  };
  return [
    compare(
      'resident memory is flat (MB)',
      ({ samples }) => median(samples.map(({ resident }) => resident)),
      15,
    ),
    compare('the live heap is flat (MB)', ({ heap }) => heap, 2),
    compare(
      'file descriptors are flat',
      ({ samples }) => median(samples.map(({ descriptors }) => descriptors)),
      // How many of the fifty clients are active at the same time depends on the load of the machine. Leaks also show
      // at the end, when all of them have disconnected.
      25,
    ),
  ];
}

/** Whether subjects renew at different times: if they were in step, all would renew within a second. */
export function checkRenewals(renewals: readonly number[], clients: number): Check {
  const seconds = new Map<number, number>();
  for (const at of renewals) {
    const second = Math.floor(at / 1000);
    seconds.set(second, 1 + (seconds.get(second) ?? 0));
  }
  const most = Math.max(0, ...seconds.values());
  return {
    name: 'renewals of tokens are spread',
    seen: `${renewals.length} renewals, at most ${most} in a second`,
    passed: renewals.length > 0 && most <= clients / 2,
  };
}
