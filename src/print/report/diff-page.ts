import type { Change } from '../../diff/change.js';
import { SEVERITIES, type Severity } from '../../diff/codes.js';
import type { Problem } from '../../errors.js';
import { count } from '../../numbers.js';
import { countBySeverity, titles } from '../changes.js';
import { renderPage, searchable, viewOfProblem } from './page.js';

const meanings: Readonly<Record<Severity, string>> = {
  breaking: 'Clients, prompts or configurations that work today may stop working.',
  security: 'Who can call, what is sent, or what models read has changed: review it.',
  compatible: 'Everything that works today keeps working.',
};

/** The changes of a project as a page, the most severe first. */
export function diffPage(
  name: string,
  changes: readonly Change[],
  warnings: readonly Problem[],
): string {
  const counts = countBySeverity(changes);
  const present = SEVERITIES.filter((severity) => counts[severity] > 0);
  return renderPage('diff', {
    heading: `${name}: changes`,
    name,
    total: changes.length === 0 ? '' : count(changes.length),
    facts: SEVERITIES.map((severity) => ({
      severity: counts[severity] > 0 ? severity : '',
      label: titles[severity],
      value: count(counts[severity]),
    })),
    sections: present.map((severity) => ({
      severity,
      title: titles[severity],
      meaning: meanings[severity],
      changes: changes.filter(({ gravity }) => gravity === severity).map(viewOfChange),
    })),
    warnings: warnings.map(viewOfProblem),
  });
}

function viewOfChange({ tool = '', operation = '', place = '', message, before, after }: Change) {
  return {
    ...{ tool, operation, place, message },
    compared: before !== undefined || after !== undefined,
    before: before ?? '',
    after: after ?? '',
    find: searchable([tool, operation, place, message]),
  };
}
