import { byCodeUnit } from '../json.js';
import type { Lock } from '../lock/lock.js';
import { printString } from './print.js';

type Members = readonly (readonly [string, unknown])[];

/** Prints a lock as JSON, in code unit order and one entry a line, so that a small change has a small difference. */
export function printLock({ version, generator, source, flags, files }: Lock): string {
  const members = [
    ['lockVersion', printLine(version)],
    ['generator', printLine(generator)],
    ['source', printMembers(Object.entries(source))],
    ['options', printMembers(Object.entries(flags))],
    ['files', printMembers([...files])],
  ] as const;
  return `${printObject(members, '')}\n`;
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
  return JSON.stringify(value);
}

function sorted<T>(members: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return members.toSorted(([a], [b]) => byCodeUnit(a, b));
}
