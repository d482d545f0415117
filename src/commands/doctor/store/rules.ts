import type { Host, Source } from './hosts.js';
import { enterpriseRules } from './enterprise-rules.js';
import { personRules } from './person-rules.js';
import { registryRules } from './registry-rules.js';
import type { Rule, Verdict } from './rule.js';
import { serverRules } from './server-rules.js';
import { signInRules } from './sign-in-rules.js';
import type { Subject } from './subject.js';
import { textRules } from './text-rules.js';
import { toolRules } from './tool-rules.js';

/** Every known requirement, in the order of the report. */
export const rules: readonly Rule[] = [
  ...toolRules,
  ...textRules,
  ...serverRules,
  ...signInRules,
  ...enterpriseRules,
  ...registryRules,
  ...personRules,
];

/** One row of the report: a requirement of a host, and its outcome. */
export type Row = Verdict & {
  readonly id: string;
  readonly requirement: string;
  readonly source: Source;
  readonly byPerson?: true;
};

/** Checks a server against all requirements of a host. */
export function examine(host: Host, subject: Subject): readonly Row[] {
  return rules.flatMap((rule) => {
    const source = rule.hosts[host];
    if (source === undefined) return [];
    const { id, sentence: requirement, byPerson } = rule;
    const row = { id, requirement, ...rule.check(subject, host), source };
    return [byPerson === undefined ? row : { ...row, byPerson }];
  });
}
