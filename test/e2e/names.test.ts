import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toolIdentifier } from '../../src/emit/identifier.js';
import { buildProject, importApi, type Project } from '../support/project.js';
import { buildTodo } from '../support/todo-stage.js';

let folder: string;
const projects: Project[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'names-'));
});

afterAll(async () => {
  await Promise.all(projects.map((project) => project.remove()));
  await rm(folder, { recursive: true, force: true });
});

/** The names that a file declares by its imports. */
function importedIn(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  return file.statements.filter(ts.isImportDeclaration).flatMap(({ importClause }) => {
    const bindings = importClause?.namedBindings;
    const named =
      bindings === undefined ? [] : ts.isNamespaceImport(bindings) ? [bindings] : bindings.elements;
    return [importClause, ...named].flatMap((binding) => binding?.name?.text ?? []);
  });
}

/** All files of a project except the runtime, which is copied unchanged. */
async function importsOf(project: Project): Promise<string[]> {
  const source = join(project.folder, 'src');
  const paths = (await readdir(source, { recursive: true })).filter(
    (path) => path.endsWith('.ts') && !path.startsWith('runtime'),
  );
  const texts = await Promise.all(paths.map((path) => readFile(join(source, path), 'utf8')));
  return texts.flatMap((text, index) => importedIn(paths[index] ?? '', text));
}

/** Every word with a meaning in TypeScript, and every name that cannot be declared in a module. */
function words(): string[] {
  const { FirstKeyword, LastKeyword } = ts.SyntaxKind;
  const kinds = Object.values(ts.SyntaxKind).filter((kind) => typeof kind === 'number');
  return [
    ...kinds
      .filter((kind) => kind >= FirstKeyword && kind <= LastKeyword)
      .flatMap((kind) => ts.tokenToString(kind) ?? []),
    'arguments',
    'eval',
    'globalThis',
  ];
}

const sameAsPlanned = (name: string) =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

it('operations may have the names of imports in generated files, of inherited members, and any word', async () => {
  const todo = await buildTodo();
  projects.push(todo);
  const imported = await importsOf(todo);
  expect(imported).toEqual(
    expect.arrayContaining(['toolList', 'Api', 'scopes', 'Tool', 'listTodos']),
  );
  const wanted = [...imported, ...Object.getOwnPropertyNames(Object.prototype), ...words()];
  const names = [...new Set(wanted.map(sameAsPlanned))].filter((name) =>
    /^[a-z0-9_-]{1,64}$/.test(name),
  );
  const operations = names.map((name, index) => [
    `/p${index}`,
    { get: { 'x-mcp': { name }, responses: {} } },
  ]);
  const source = join(folder, 'names.json');
  const document = {
    openapi: '3.1.0',
    info: { title: 'Names', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    paths: Object.fromEntries(operations) as object,
  };
  await writeFile(source, JSON.stringify(document));
  // Fails with the compiler's message.
  const project = await buildProject('names', { source });
  projects.push(project);
  const { tools } = await importApi(project.folder);
  expect(tools.map(({ name }) => name)).toEqual(names.toSorted());
  expect(names.map((name) => toolIdentifier(name))).toEqual(
    expect.arrayContaining(['toolList_', 'scopes_', 'constructor', 'hasOwnProperty', 'await_']),
  );
});
