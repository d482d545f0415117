import { byCodeUnit } from '../json.js';
import type { Lock, LockedTool } from '../lock/lock.js';
import { printString } from './print.js';

type Members = readonly (readonly [string, unknown])[];

/** Prints a lock as JSON, in code unit order and one entry a line, so that a small change has a small difference. */
export function printLock({ version, generator, source, files, run }: Lock): string {
  const { flags, tools, tokens, warnings, seal } = run;
  const members = [
    ['lockVersion', printLine(version)],
    ['generator', printLine(generator)],
    ['source', printMembers(Object.entries(source))],
    ['options', printMembers(Object.entries(flags))],
    ['files', printMembers([...files])],
    ['tools', printMembers([...tools].map(([name, tool]) => [name, inOrder(tool)]))],
    ['tokens', printLine(tokens)],
    ['warnings', printMembers([...warnings])],
    ['seal', printLine(seal)],
  ] as const;
  return `${printObject(members, '')}\n`;
}

function inOrder({ operation, scopes, annotations }: LockedTool): LockedTool {
  return {
    operation,
    scopes,
    annotations: Object.fromEntries(sorted(Object.entries(annotations))),
  };
}

function printMembers(members: Members): string {
  return printObject(
    members.map(([key, value]) => [key, printLine(value)]),
    '  ',
  );
}

function printObject(members: readonly (readonly [string, string])[], indent: string): string {
  const lines = sorted(members).map(([key, text]) => `${indent}  ${printString(key)}: ${text}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}

/** JSON on one line, in which a reviewer sees every character. */
function printLine(value: unknown): string {
  if (typeof value === 'string') return printString(value);
  if (Array.isArray(value)) return `[${value.map(printLine).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${printString(key)}:${printLine(member)}`,
  );
  return `{${members.join(',')}}`;
}

function sorted<T>(members: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return members.toSorted(([a], [b]) => byCodeUnit(a, b));
}
