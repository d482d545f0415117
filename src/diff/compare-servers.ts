import { byCodeUnit } from '../json.js';
import type { Api, ServerVariable } from '../../templates/src/runtime/api.js';
import type { Finding } from './change.js';
import { compareRecords, compareTexts, type Member } from './compare-records.js';

/** Changes of the destination of requests, and of which callers may make them. */
export function compareServers(before: Api, after: Api): Finding[] {
  return [
    ...compareAuthentication(before, after),
    ...compareUrls(before, after),
    ...compareRecords(
      'serverVariables',
      before.serverVariables ?? {},
      after.serverVariables ?? {},
      compareVariable,
    ),
    ...compareRecords('implies', before.implies ?? {}, after.implies ?? {}, compareImplied),
  ];
}

function compareAuthentication(before: Api, after: Api): Finding[] {
  const [had, has] = [before.authentication, after.authentication];
  if (had === has) return [];
  const [code, now] =
    has === 'none'
      ? (['AUTHENTICATION_DROPPED', 'no longer'] as const)
      : (['AUTHENTICATION_ADDED', 'now'] as const);
  const message = `Callers ${now} need an access token.`;
  return [{ code, message, place: 'authentication', before: had, after: has }];
}

const URLS = [
  ['baseUrl', 'BASE_URL_CHANGED', "The API's base URL"],
  ['authorizationServer', 'AUTHORIZATION_SERVER_CHANGED', 'The authorization server'],
  ['resourceUrl', 'RESOURCE_URL_CHANGED', "This server's own URL"],
] as const;

function compareUrls(before: Api, after: Api): Finding[] {
  return URLS.flatMap(([member, code, name]) =>
    compareTexts(code, member, name, before[member], after[member]),
  );
}

function compareVariable({ name, place, before, after }: Member<ServerVariable>): Finding[] {
  const members = { variable: true, default: true, values: true } satisfies Record<
    keyof Required<ServerVariable>,
    true
  >;
  return (Object.keys(members) as (keyof typeof members)[]).flatMap((member) => {
    const subject = `The ${member} of the server variable ${name}`;
    const [had, has] = [textOf(before?.[member]), textOf(after?.[member])];
    return compareTexts('SERVER_VARIABLE_CHANGED', `${place}.${member}`, subject, had, has);
  });
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(', ') : value;
}

function compareImplied({ name, place, before, after }: Member<readonly string[]>): Finding[] {
  const text = (scopes: readonly string[] | undefined) =>
    scopes && [...new Set(scopes)].sort(byCodeUnit).join(' ');
  const subject = `The list of scopes that ${name} includes`;
  return compareTexts('IMPLIES_CHANGED', place, subject, text(before), text(after));
}
