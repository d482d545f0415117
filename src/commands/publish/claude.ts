import { redirectUrisOf } from '../../clients.js';
import { markdownCode, markdownText } from '../../emit/markdown.js';
import type { Api, Tool } from '../../../templates/src/runtime/api.js';
import type { Cases } from './cases.js';

/** One question of the form. Facts are updated from the project at every run; the user's answers are kept. */
interface Section {
  readonly title: string;
  readonly kind: 'fact' | 'answer';
  readonly text: string;
}

const OPEN = 'TODO: ';

/** Claude's submission form as a page of answers; answers of an earlier page are kept. */
export function claudePage(api: Api, url: URL, cases: Cases, earlier: string): string {
  const written = readAnswers(earlier);
  const sections = sectionsOf(api, url, cases).map(({ title, kind, text }) => {
    const kept = kind === 'answer' ? written.get(title) : undefined;
    return `## ${title}\n\n${kept ?? text}\n`;
  });
  return [
    `# ${markdownText(api.title)}: Claude connector submission\n`,
    'Your answers are kept when this page is written again; entries marked as facts are updated from the project.\n',
    ...sections,
  ].join('\n');
}

/** The number of missing answers. */
export function openAnswers(page: string): number {
  return page.split('\n').filter((line) => line.startsWith(OPEN)).length;
}

function readAnswers(page: string): Map<string, string> {
  const parts = page.split(/^## (.+)$/m).slice(1);
  const pairs = parts.flatMap((title, index) =>
    index % 2 === 0 ? [[title.trim(), (parts[index + 1] ?? '').trim()] as const] : [],
  );
  return new Map(pairs.filter(([, text]) => text !== ''));
}

function sectionsOf(api: Api, url: URL, { positive }: Cases): Section[] {
  const fact = (title: string, text: string) =>
    ({ title: `${title} (fact)`, kind: 'fact', text }) as const;
  const answer = (title: string, text: string) => ({ title, kind: 'answer', text }) as const;
  const open = (title: string, what: string) => answer(title, `${OPEN}${what}`);
  return [
    answer('Name', markdownText(api.title)),
    fact('Server URL', markdownCode(url.href)),
    fact('Transport', 'Streamable HTTP'),
    fact('Authentication', authenticationOf(api)),
    fact('Read and write', capabilitiesOf(api.tools)),
    open('Tagline', 'at most 55 characters.'),
    answer('Description', markdownText(api.description ?? `${OPEN}50 to 100 words.`)),
    answer('Use cases', positive.slice(0, 3).map(useCase).join('\n')),
    documentationOf(api),
    open('Privacy policy', 'the URL of the policy.'),
    open('Support', 'an address or a page for users.'),
    open('Data handling', 'what is stored, for how long, and who else gets it.'),
    open('Test account', 'a user name, how reviewers get its password, and what is in it.'),
    open('Logo', 'the URL of a square SVG.'),
    fact('Tools', toolList(api.tools)),
  ];

  function documentationOf({ documentation }: Api): Section {
    return documentation === undefined
      ? open('Documentation', 'a public page that explains the connector to users.')
      : answer('Documentation', markdownText(documentation));
  }
}

function authenticationOf({ authentication, authorizationServer }: Api): string {
  if (authentication === 'none') return 'None: anyone can call the server.';
  const issuer =
    authorizationServer === undefined ? '' : ` at ${markdownCode(authorizationServer)}`;
  return `OAuth 2.1${issuer}. The redirect URI is ${redirectUrisOf('claude').map(markdownCode).join(', ')}.`;
}

function capabilitiesOf(tools: readonly Tool[]): string {
  const reading = tools.filter(({ annotations }) => annotations.readOnlyHint).length;
  return `${reading} tools read, ${tools.length - reading} write.`;
}

function useCase({ description, user_prompt: prompt }: Cases['positive'][number]): string {
  return `- ${markdownText(description)}: “${markdownText(prompt)}”`;
}

function toolList(tools: readonly Tool[]): string {
  return tools.map(describeTool).join('\n');
}

function describeTool({ name, title = name, annotations }: Tool): string {
  const { readOnlyHint, destructiveHint } = annotations;
  const hint = readOnlyHint ? 'reads' : destructiveHint ? 'destructive' : 'writes';
  return `- ${markdownCode(name)}: ${markdownText(title)} (${hint})`;
}
