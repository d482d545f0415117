import { generateKeyPair } from 'jose';
import type { StaticIssuer } from '../support/tokens.js';

/** A token, and the scopes that it was made with; no scopes at all: the token is invalid. */
export interface Grant {
  readonly name: string;
  /** Absent: the request has no token. */
  readonly token?: string;
  readonly scopes?: readonly string[];
}

/** Written independently here, so that the scope map of the server is not checked against itself. */
const needs: Readonly<Record<string, (scopes: readonly string[]) => boolean>> = {
  free: () => true,
  write_note: (scopes) => scopes.includes('notes.write'),
  purge: (scopes) =>
    scopes.includes('owner') || (scopes.includes('admin') && scopes.includes('root')),
};

const reading = [
  ...['files', 'form', 'picture', 'read_note', 'search'],
  ...['several', 'shapes', 'upload', 'whole'],
];

export const toolNames: readonly string[] = [...Object.keys(needs), ...reading].sort();

/** Whether a caller with these valid scopes may call a tool; an unknown tool may not be called. */
export function mayCall(tool: string, scopes: readonly string[] | undefined): boolean {
  if (scopes === undefined) return false;
  if (reading.includes(tool)) return scopes.includes('notes.read');
  return needs[tool]?.(scopes) ?? false;
}

const scopeSets: readonly (readonly string[])[] = [
  ['notes.read', 'notes.write', 'owner'],
  ['notes.read'],
  ['notes.write'],
  ['admin'],
  ['admin', 'root'],
  [],
  ['notes.readx', 'Notes.Read', 'notes.write,owner', 'notes'],
];

/** Valid tokens for several sets of scopes, and invalid ones with good or bad signatures. */
export async function makeGrants(issuer: StaticIssuer): Promise<Grant[]> {
  const long = { exp: Math.floor(Date.now() / 1000) + 3 * 3600 };
  const scope = 'notes.read notes.write owner';
  const { privateKey } = await generateKeyPair('ES256');
  const valid = scopeSets.map(async (scopes): Promise<Grant> => {
    const token = await issuer.sign({ ...long, scope: scopes.join(' ') });
    return { name: `scopes [${scopes.join(' ')}]`, token, scopes };
  });
  const bad = {
    expired: issuer.sign({ scope, exp: Math.floor(Date.now() / 1000) - 600 }),
    'for another server': issuer.sign({ ...long, scope, aud: 'https://other.example/mcp' }),
    'of another issuer': issuer.sign({ ...long, scope, iss: 'https://other.example' }),
    'signed by somebody else': issuer.sign({ ...long, scope }, {}, privateKey),
    'no token': Promise.resolve('not-a-token'),
  };
  const invalid = Object.entries(bad).map(async ([name, token]): Promise<Grant> => ({
    name,
    token: await token,
  }));
  return [...(await Promise.all([...valid, ...invalid])), { name: 'none' }];
}
