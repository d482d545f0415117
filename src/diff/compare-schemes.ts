import type { Api, SecurityScheme } from '../../templates/src/runtime/api.js';
import type { KeyOf } from './project/contract.js';
import type { Finding } from './change.js';
import type { ChangeCode } from './codes.js';
import { compareRecords, compareTexts, type Member } from './compare-records.js';

/** A new member of the contract must be listed here. */
const members: Readonly<Record<KeyOf<SecurityScheme>, readonly [ChangeCode, string]>> = {
  type: ['SCHEME_CHANGED', 'The type'],
  scheme: ['SCHEME_CHANGED', 'The HTTP scheme'],
  in: ['KEY_MOVED', 'The place of the key'],
  name: ['KEY_MOVED', 'The name of the key'],
  variable: ['KEY_VARIABLE_CHANGED', 'The environment variable'],
  tokenUrl: ['TOKEN_URL_CHANGED', 'The token URL'],
  openIdConnectUrl: ['OPENID_URL_CHANGED', 'The OpenID Connect URL'],
};

/** Changes of how the API authenticates its callers. */
export function compareSchemes(before: Api, after: Api): Finding[] {
  return compareRecords(
    'securitySchemes',
    before.securitySchemes,
    after.securitySchemes,
    compareScheme,
  );
}

function compareScheme({ name, place, before, after }: Member<SecurityScheme>): Finding[] {
  if (before === undefined)
    return [{ code: 'SCHEME_ADDED', place, message: `The API now has a security scheme ${name}.` }];
  if (after === undefined)
    return [{ code: 'SCHEME_REMOVED', place, message: `The security scheme ${name} was removed.` }];
  // When the type changes, so does everything else.
  const compared =
    before.type === after.type ? Object.entries(members) : [['type', members.type] as const];
  return compared.flatMap(([member, [code, subject]]) =>
    compareTexts(
      code,
      `${place}.${member}`,
      `${subject} of the security scheme ${name}`,
      memberOf(before, member),
      memberOf(after, member),
    ),
  );
}

function memberOf(scheme: SecurityScheme, member: string): string | undefined {
  const value: unknown = Object.entries(scheme).find(([key]) => key === member)?.[1];
  return typeof value === 'string' ? value : undefined;
}
