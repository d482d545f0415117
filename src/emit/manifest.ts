import { shellQuote } from './quote.js';
import { listTemplates, readTemplate } from './templates.js';

/** What the package.json of a project has to say for the project to work as it was generated. */
export interface Manifest {
  /** The script `generate`. */
  readonly generate: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The demands on the package.json of a project that `command` (of a plan) makes. */
export async function manifestOf(command: readonly string[]): Promise<Manifest> {
  const template = (await listTemplates()).find(({ path }) => path === 'package.json');
  const text = template === undefined ? '{}' : await readTemplate(template);
  // What varies in it are texts; versions do not.
  const { dependencies } = JSON.parse(text.replace(/\{\{.*?\}\}/g, '""')) as Pick<
    Manifest,
    'dependencies'
  >;
  // Whatever generator is installed: npx would fetch and run whatever happens to have its name.
  const generate = ['openapi-to-mcp', ...command, '--output', '.'].map(shellQuote).join(' ');
  return { generate, dependencies };
}
