import { count, plural, someOf } from '../../numbers.js';
import { array, object, text } from '../../json.js';
import type { Document } from '../../load/document.js';
import type { Plan } from '../../plan/types.js';
import { candidatesOf, groupByTag } from './candidates.js';
import { cut } from './pick.js';

/** Limits of a list on one line: the number of entries, and the characters of each. */
const shown = 6;
const longest = 30;

/** A summary of a document, in a few lines. */
export function describeDocument(document: Document, plan: Plan): string[] {
  const { api, warnings } = plan;
  const candidates = candidatesOf(document, plan);
  const tags = groupByTag(candidates).flatMap(({ tag }) => tag ?? []);
  const servers = array(document.openapi['servers']).flatMap(
    (server) => text(object(server)['url']) ?? [],
  );
  return [
    `${api.title} ${api.version}`,
    `Operations:       ${count(candidates.length)}`,
    `Tags:             ${list(tags)}`,
    `Servers:          ${list(servers)}`,
    `Security schemes: ${list(Object.keys(api.securitySchemes))}`,
    ...(warnings.length > 0 ? [`Warnings:         ${summary(plan)}`] : []),
  ];
}

function summary({ warnings }: Plan): string {
  const codes = [...new Set(warnings.map(({ code }) => code))];
  return `${plural(warnings.length, 'warning')} (${list(codes)}); they are listed at the end`;
}

function list(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return someOf(
    names.map((name) => cut(name, longest)),
    shown,
  );
}
