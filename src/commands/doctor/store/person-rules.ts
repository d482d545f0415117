import type { Source } from '../../../clients.js';
import { sources, type Host } from './hosts.js';
import { notChecked, type Rule } from './rule.js';

const { claudeSubmission: claude, openaiSubmission: chatgpt, registryRemotes: registry } = sources;

/** Items that only a person can supply; the report lists them so that none is forgotten. */
export const personRules: readonly Rule[] = [
  byPerson('privacy-policy', { chatgpt, claude }, 'A privacy policy is published.'),
  byPerson('documentation', { claude }, 'A page for users explains the connector.'),
  byPerson('support', { chatgpt, claude }, 'Users and reviewers know where to ask for support.'),
  byPerson(
    'test-account',
    { chatgpt, claude },
    'Reviewers get a test account with data in it, and without a second factor.',
  ),
  byPerson('logo', { chatgpt, claude }, 'There is a square logo.'),
  byPerson(
    'identity',
    { chatgpt, registry },
    'The publisher has proved their identity, and that they own the domain.',
  ),
];

function byPerson(id: string, hosts: Partial<Record<Host, Source>>, sentence: string): Rule {
  return {
    id,
    hosts,
    sentence,
    byPerson: true,
    check: () => notChecked('Only a person can supply this.'),
  };
}
