import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../support/fixtures.js';
import type { Outcome } from './examine.js';
import type { CorpusDocument } from './packages.js';

/**
 * Small documents share a process, since starting one costs more than they do; what they show as peak memory is
 * then no less than theirs. A larger one gets a process of its own, so that the number is its own.
 */
export function sharesProcess({ bytes }: CorpusDocument): boolean {
  return bytes < 200_000;
}

/** Milliseconds for one document; Microsoft Graph's beta has 26,000 operations. */
const patience = 30 * 60_000;

/** Examines the documents, `workers` at a time, and reports each when it is done. */
export async function examineAll(
  documents: readonly CorpusDocument[],
  { workers, scratch }: { readonly workers: number; readonly scratch: string },
  onDone: (document: CorpusDocument, outcome: Outcome) => void,
): Promise<void> {
  // The longest first, so that no worker ends with it alone.
  const waiting = documents.toSorted((a, b) => b.bytes - a.bytes);
  const lane = async () => {
    let child: ChildProcess | undefined;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      child ??= fork(join(root, 'test/corpus/worker.ts'), [scratch], {
        execArgv: [...process.execArgv, '--no-compilation-cache'],
      });
      const outcome = await ask(child, next);
      onDone(next, outcome);
      if (!sharesProcess(next) || !child.connected) child = void child.kill();
    }
    child?.kill();
  };
  await Promise.all(Array.from({ length: workers }, lane));
}

async function ask(child: ChildProcess, document: CorpusDocument): Promise<Outcome> {
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  child.send(document);
  const answered = new AbortController();
  const { signal } = answered;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([outcome]) => outcome as Outcome),
      once(child, 'exit', { signal }).then(([code, sent]) => ended(`${code ?? sent}`)),
    ]);
  } finally {
    clearTimeout(timer);
    answered.abort();
  }
}

function ended(how: string): Outcome {
  const numbers = { operations: 0, tools: 0, seconds: 0, megabytes: 0, tokens: 0 };
  return {
    ...numbers,
    version: '',
    leftOut: {},
    warnings: {},
    failures: [`the process ended (${how}): it crashed, ran out of memory or took too long`],
  };
}
