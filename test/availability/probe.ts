/**
 * A program in a process of its own: asks a server for its health, one request after the other, until it is told to
 * stop, and measures meanwhile how long this machine takes to parse the largest body. What it measures with is
 * exactly as slow as the machine is at that moment.
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

const reference = largestBody('plain');
const url = process.argv[2] ?? '';
const parses: number[] = [];
let longest = 0;
let probes = 0;
let stopped = false;

function measureParse(): void {
  const began = performance.now();
  JSON.parse(reference);
  parses.push(performance.now() - began);
}

function askForHealth(): Promise<void> {
  return new Promise((resolve) => {
    const asked = request(url, { agent: false, timeout: PATIENCE }, (response) => {
      response.resume().once('close', resolve);
    });
    asked.once('timeout', () => asked.destroy()).once('error', () => resolve());
    asked.end();
  });
}

async function probe(): Promise<void> {
  let parseAt = 0;
  while (!stopped) {
    const began = performance.now();
    await askForHealth();
    longest = Math.max(longest, performance.now() - began);
    probes += 1;
    if (performance.now() > parseAt) {
      measureParse();
      parseAt = performance.now() + PARSE_EVERY;
    }
    await pause(2);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

// The first of anything is slower: neither belongs to the measurement.
await askForHealth();
for (let i = 0; i < 3; i += 1) measureParse();
process.once('message', () => (stopped = true));
process.send?.('ready');
await probe();
process.send?.({ longest, parse: median(parses.slice(3)), probes } satisfies Measured);
process.disconnect();
