import type { Parameter } from '../../../templates/src/runtime/api.js';
import { groupBy } from '../../json.js';
import { fold, losesLetters, shortHash } from '../operations/names.js';

// The argument names that model APIs accept. One invalid name disables the client's whole session.
const LEGAL_KEY = /^[a-zA-Z0-9_.-]{1,64}$/;

const CHOSEN = new Map([
  // Clients validate `tools/list` with zod. Early versions of zod 4 (such as 4.1.0) refuse an object that has a member
  // of this name, and the client then lists none of the tools.
  ['constructor', 'constructor_'],
  ['*', 'wildcard'],
]);

/**
 * Valid and unique argument names that do not depend on the order of the parameters. When several parameters want the
 * same name, the path parameter gets it, or else the only parameter with exactly that name; the others add their
 * location.
 */
export function chooseArgumentNames(
  parameters: readonly Parameter[],
  reserved: readonly string[],
): string[] {
  const wanted = parameters.map((parameter) => ({ parameter, key: legalKey(parameter.name) }));
  const groups = groupBy(wanted, ({ key }) => key);
  const placed = wanted.map((want) => {
    const rivals = groups.get(want.key)?.filter((other) => rank(other) >= rank(want)) ?? [];
    const keeps = rivals.length === 1 && !reserved.includes(want.key);
    return keeps ? want.key : legalKey(`${want.key}_${want.parameter.in}`);
  });
  const uses = groupBy([...placed, ...reserved], (key) => key);
  return placed.map((key, index) =>
    (uses.get(key)?.length ?? 0) > 1 ? hashedKey(key, parameters[index]) : key,
  );
}

function rank({ parameter, key }: { parameter: Parameter; key: string }): number {
  if (parameter.in === 'path') return 2;
  return parameter.name === key ? 1 : 0;
}

function hashedKey(key: string, parameter: Parameter | undefined): string {
  return `${key.slice(0, 55)}_${shortHash(JSON.stringify([parameter?.in, parameter?.name]))}`;
}

/** The name of an argument for a parameter that has no rival. */
export function legalKey(name: string): string {
  const chosen = CHOSEN.get(name);
  if (chosen !== undefined) return chosen;
  if (LEGAL_KEY.test(name) && name !== '__proto__') return name;
  const legal = fold(name)
    .replace(/[^a-zA-Z0-9.-]+/g, '_')
    .replace(/^_+|_+$/g, '');
  if (legal === '') return `p_${shortHash(name)}`;
  const isWhole = legal.length <= 64 && !losesLetters(name);
  return isWhole ? legal : `${legal.slice(0, 55)}_${shortHash(name)}`;
}
