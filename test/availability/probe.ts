/**
 * A program in a separate process: asks a server for its health, one request after the other, until it has to
 * stop, and measures meanwhile how long this machine takes to parse the largest body. So the yardstick is as slow
 * as the machine is at that moment.
 */
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { largestBody } from './bodies.js';

/** What was measured. Milliseconds. */
export interface Measured {
  /** The longest that `/healthz` took to answer. */
  readonly longest: number;
  /** One `JSON.parse` of the largest accepted body: the median of several. */
  readonly parse: number;
  readonly probes: number;
}

/** Milliseconds; an answer that takes longer counts as this long. */
const PATIENCE = 8000;
const PARSE_EVERY = 250;

/** Messages to the program, which answers `ready`, and at the end its measurements. */
export type Command = { readonly ask: string } | { readonly stop: true };

const reference = largestBody('plain');
let stopped = false;

function measureParse(): number {
  const began = performance.now();
  JSON.parse(reference);
  return performance.now() - began;
}

function askForHealth(url: string): Promise<void> {
  return new Promise((resolve) => {
    const asked = request(url, { agent: false, timeout: PATIENCE }, (response) => {
      response.resume().once('close', resolve);
    });
    asked.once('timeout', () => asked.destroy()).once('error', () => resolve());
    asked.end();
  });
}

async function probe(url: string): Promise<Measured> {
  const parses = [measureParse()];
  let parsedAt = performance.now();
  let longest = 0;
  let probes = 0;
  while (!stopped) {
    const began = performance.now();
    await askForHealth(url);
    longest = Math.max(longest, performance.now() - began);
    probes += 1;
    if (performance.now() - parsedAt > PARSE_EVERY) {
      parses.push(measureParse());
      parsedAt = performance.now();
    }
    await pause(2);
  }
  parses.push(measureParse());
  return { longest, parse: median(parses), probes };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function run(url: string): Promise<void> {
  stopped = false;
  // The first of anything is slower: it does not belong to the measurement.
  await askForHealth(url);
  measureParse();
  process.send?.('ready');
  process.send?.(await probe(url));
}

process.on('message', (command: Command) => {
  if ('ask' in command) void run(command.ask);
  else stopped = true;
});
