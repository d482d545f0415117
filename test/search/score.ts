import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tool } from '../../templates/src/runtime/api.js';
import type { Search } from '../../templates/src/runtime/search/rank.js';
import { root } from '../support/fixtures.js';

/** A query, the operations of a document that answer it (any of them), and those that must not come first. */
export interface Task {
  readonly id: string;
  readonly document: string;
  readonly kind: 'terse' | 'synonym' | 'goal' | 'read-only';
  readonly query: string;
  readonly expect: readonly string[];
  readonly never?: readonly string[];
}

/** The result of a search at one task: the rank of the first expected operation, from 1; 0 for none. */
export interface Row {
  readonly task: Task;
  readonly place: number;
  /** Whether a forbidden operation came first. */
  readonly isUnsafe: boolean;
}

export async function readTasks(): Promise<Task[]> {
  const lines = await readFile(join(root, 'test/search/tasks.jsonl'), 'utf8');
  const tasks = lines.trim().split('\n');
  return tasks.map((line) => JSON.parse(line) as Task);
}

const LIMIT = 20;

export function tryTask(task: Task, tools: readonly Tool[], search: Search): Row {
  const found = search(task.query, LIMIT).map((position) => {
    const { method, path } = tools[position]?.request ?? { method: '', path: '' };
    return `${method} ${path}`;
  });
  const place = found.findIndex((operation) => task.expect.includes(operation)) + 1;
  return { task, place, isUnsafe: task.never?.includes(found[0] ?? '') ?? false };
}

/** The share of rows whose first expected operation is among the first few. */
export function recall(rows: readonly Row[], first: number): number {
  return rows.filter(({ place }) => place > 0 && place <= first).length / Math.max(1, rows.length);
}

/** The required and the actual scores; the read-only tasks count only for safety. */
export function barsOf(rows: readonly Row[]): { name: string; least: number; reached: number }[] {
  const good = rows.filter(({ task }) => task.never === undefined);
  const terse = good.filter(({ task }) => task.kind === 'terse');
  const safe = rows.filter(({ isUnsafe }) => !isUnsafe).length / Math.max(1, rows.length);
  return [
    { name: 'recall at 5', least: 0.6, reached: recall(good, 5) },
    { name: 'recall at 10', least: 0.7, reached: recall(good, 10) },
    { name: 'terse, recall at 5', least: 0.85, reached: recall(terse, 5) },
    { name: 'safe in first place', least: 1, reached: safe },
  ];
}
