import { largeCall } from './large-document.js';
import { eras, type Era, type ToolCall } from './messages.js';
import type { Callers } from './tokens.js';

/** What is generated from and measured. */
export const documents = ['petstore', 'large'] as const;

export type DocumentName = (typeof documents)[number];

/** Calls of one kind, made of the floor and of the generated server in turn. */
export interface Scenario {
  readonly document: DocumentName;
  readonly era: Era;
  readonly callers: Callers;
  readonly connections: 1 | 32;
  readonly calls: number;
}

/** How much is measured. */
export interface Plan {
  readonly rounds: number;
  /** Calls of each process before anything is measured, so that its code is compiled. */
  readonly warmUp: number;
  readonly scenarios: readonly Scenario[];
}

/** The tool that is called, by document. */
export const toolCalls: Readonly<Record<DocumentName, ToolCall>> = {
  petstore: { tool: 'get_pet_by_id', args: { petId: 1 } },
  large: largeCall,
};

/** The scopes that the calls of all documents need. */
export const scope = 'pets:read things:read';

/** The number of calls before memory is measured for the first and for the last time. */
export const growthCalls = { first: 20_000, last: 200_000 } as const;

/** The figures of a scenario. */
export const metrics = ['cpu', 'rate', 'p50', 'p99'] as const;

export type Metric = (typeof metrics)[number];

/** The name of a row of a scenario. */
export function rowOf(scenario: Omit<Scenario, 'calls'>, metric: Metric): string {
  const { document, era, callers, connections } = scenario;
  return [document, era, callers, connections, metric].join('/');
}

/** All that `RESULTS.md` is made from: a quarter of an hour, or more on a busy machine. */
export function longPlan(rounds: number): Plan {
  const scenarios = documents.flatMap((document) => [
    ...perEra({ document, callers: 'one token', connections: 32, calls: 2000 }),
    ...perEra({ document, callers: 'one token', connections: 1, calls: 500 }),
  ]);
  const many = { document: 'petstore', callers: '1,000 callers', connections: 32 } as const;
  const fresh = { document: 'petstore', callers: 'new tokens', connections: 32 } as const;
  const last: Scenario = { ...fresh, era: '2026-07-28', calls: 2000 };
  const all = [...scenarios, ...perEra({ ...many, calls: 2000 }), last];
  return { rounds, warmUp: 2000, scenarios: all };
}

/** A selection that shows within about a minute whether something went badly wrong. */
export function shortPlan(rounds: number): Plan {
  const scenarios = documents.flatMap((document) =>
    perEra({ document, callers: 'one token', connections: 32, calls: 1000 }),
  );
  return { rounds, warmUp: 500, scenarios };
}

/** How many calls of one process may bring a new token. */
export function newTokens({ scenarios }: Plan): number {
  const fresh = scenarios.filter(({ callers }) => callers === 'new tokens');
  return fresh.reduce((sum, { calls }) => sum + calls, 0);
}

function perEra(scenario: Omit<Scenario, 'era'>): Scenario[] {
  return eras.map((era) => ({ ...scenario, era }));
}
