import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startAuthorizationServer } from '../../src/commands/dev/authorization-server.js';
import { main } from '../../src/cli.js';
import { Sink } from '../support/command-line.js';
import { root } from '../support/fixtures.js';

/**
 * Runs the commands of one page, one after the other, in a folder that has the documents that pages speak of. What a
 * page calls the authorization server at port 4000 is one of this process, at any port.
 */
export class Stage {
  readonly #folder: string;
  #place: string;
  #provider: Awaited<ReturnType<typeof startAuthorizationServer>> | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#place = folder;
  }

  static async open(): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-docs-'));
    const pets = await readFile(join(root, 'fixtures/petstore-3.1/input.yaml'), 'utf8');
    await writeFile(join(folder, 'petstore.yaml'), pets);
    await writeFile(join(folder, 'new.yaml'), changed(pets));
    await cp(join(root, 'fixtures/todo/input.yaml'), join(folder, 'todo.yaml'));
    return new Stage(folder);
  }

  /** The output of a command, with varying parts masked. */
  async run(command: string): Promise<string> {
    const [program, ...words] = wordsOf(command);
    if (program === 'cd') {
      this.#place = resolve(this.#place, words[0] ?? '');
      return '';
    }
    const argv = program === 'npx' ? words.slice(1) : words;
    const name = program === 'npx' ? words[0] : program;
    if (name !== 'openapi-to-mcp' && name !== '@openapi-to-mcp/cli')
      throw new Error(`Only commands of this program are run: ${command}`);
    return this.#runHere(argv);
  }

  async #runHere(argv: readonly string[]): Promise<string> {
    const needsProvider = argv.some((word) => word.includes(written));
    const issuer = needsProvider ? await this.#issuer() : written;
    const before = process.cwd();
    process.chdir(this.#place);
    try {
      const given = argv.map((word) => word.replaceAll(written, issuer));
      const printed = new Sink();
      await main(given, { stdout: printed, stderr: printed });
      return mask(printed.text.replaceAll(issuer, written), this.#folder);
    } finally {
      process.chdir(before);
    }
  }

  async #issuer(): Promise<string> {
    this.#provider ??= await startAuthorizationServer({
      resource: 'http://127.0.0.1:3000/mcp',
      scopes: ['todo.read', 'todo.write'],
      pages: { title: 'Todo API', scopes: {} },
    });
    return this.#provider.issuer;
  }

  async close(): Promise<void> {
    await this.#provider?.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const written = 'http://127.0.0.1:4000';

/** A document as it might come back from its owner: one change of each kind. */
function changed(pets: string): string {
  const edits = [
    ['maximum: 100', 'maximum: 50'],
    ['[available, pending, sold]', '[available, sold]'],
    ['      deprecated: true\n', ''],
    [
      "'204': { description: Removed }\n      security:\n        - petstore_auth: ['pets:write']",
      "'204': { description: Removed }\n      security:\n        - petstore_auth: []",
    ],
  ] as const;
  return edits.reduce((text, [from, to]) => text.replaceAll(from, to), pets);
}

/** Words as a shell splits them; quotes keep one together. */
function wordsOf(command: string): string[] {
  const text = command.replace(/\\\n\s*/g, ' ').replace(/(^|\s)#.*$/, '');
  const words = text.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}

/** Without the parts that differ between runs and machines. */
function mask(text: string, folder: string): string {
  return text
    .replaceAll(folder, '/home/you')
    .replace(/\b127\.0\.0\.1:(?!3000|4000)\d{4,5}\b/g, '127.0.0.1:PORT');
}

/** Whether an output is what a page shows; a line `…` stands for any number of lines. */
export function matches(shown: string, output: string): boolean {
  const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const parts = trimmed(shown)
    .split(/^…$\n?/m)
    .map(escape);
  return new RegExp(`^${parts.join('[^]*?')}$`).test(trimmed(output));
}

/** Without spaces at the ends of lines, which prettier and editors remove, and empty lines around it. */
export function trimmed(text: string): string {
  return text.replace(/[ \t]+$/gm, '').replace(/^\n+|\n+$/g, '');
}
