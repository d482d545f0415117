import { readFile } from 'node:fs/promises';
import * as prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { emit } from '../../src/emit/emit.js';
import type { OutputFile } from '../../src/emit/file.js';
import type { Plan } from '../../src/plan/types.js';
import { samplePlan, sampleTool } from './sample.js';

async function emitted(plan: Plan = samplePlan()): Promise<Map<string, OutputFile>> {
  return new Map((await emit(plan)).map((file) => [file.path, file]));
}

async function contentOf(path: string, plan?: Plan): Promise<string> {
  return (await emitted(plan)).get(path)?.content ?? '';
}

const style = { singleQuote: true, printWidth: 100 };

/** A README with JSON on one line wherever its template has it so: prettier keeps an expanded object expanded. */
function compacted(readme: string): string {
  return readme.replace(/^ {2}```json\n[^]*?```|"env": \{[^}]*\}/gm, (block) =>
    block.replace(/(?<=[{,])\n +/g, ' '),
  );
}

const twoTools = [sampleTool('get_pet'), sampleTool('list_pets')];

describe('emit', () => {
  it('owns src/runtime, src/generated, .env.example and TOOLS.md, and nothing else', async () => {
    for (const { path, owner } of (await emitted()).values()) {
      const generated = /^(src\/(runtime|generated)\/|(\.env\.example|TOOLS\.md)$)/.test(path);
      expect([path, owner]).toEqual([path, generated ? 'generated' : 'yours']);
    }
  });

  it('produces every file of a project, templates without their suffix', async () => {
    const paths = [...(await emitted()).keys()];
    expect(paths).toEqual(
      expect.arrayContaining([
        '.dockerignore',
        '.env.example',
        '.gitignore',
        'Dockerfile',
        'README.md',
        'TOOLS.md',
        'docs/custom-code.md',
        'package.json',
        'src/generated/api.ts',
        'src/generated/scopes.ts',
        'src/generated/tools/list-pets.ts',
        'src/main.ts',
        'src/runtime/api.ts',
        'tsconfig.json',
      ]),
    );
    expect(paths.filter((path) => path.endsWith('.hbs'))).toEqual([]);
    expect(paths).toEqual([...paths].sort());
  });

  it('copies the runtime byte for byte', async () => {
    const original = await readFile('templates/src/runtime/api.ts', 'utf8');
    expect(await contentOf('src/runtime/api.ts')).toBe(original);
  });

  it('prints the same bytes for the same plan', async () => {
    expect(await emit(samplePlan(twoTools))).toEqual(await emit(samplePlan(twoTools)));
  });

  it('changes one file, and its lines in TOOLS.md, api.ts and scopes.ts, for an added tool', async () => {
    const before = await emitted(samplePlan());
    const after = await emitted(samplePlan(twoTools));
    const changed = [...after.values()]
      .filter(
        ({ path, content, owner }) =>
          owner === 'generated' && before.get(path)?.content !== content,
      )
      .map(({ path }) => path);
    expect(changed).toEqual([
      'TOOLS.md',
      'src/generated/api.ts',
      'src/generated/scopes.ts',
      'src/generated/tools/get-pet.ts',
    ]);
  });

  it('formats everything as the project’s prettier would', async () => {
    for (const { path, content } of (await emitted()).values()) {
      if (path === 'README.md') continue;
      const { inferredParser: parser } = await prettier.getFileInfo(path);
      if (parser === null || path.startsWith('src/runtime/') || path === 'src/main.ts') continue;
      expect([path, await prettier.check(content, { ...style, parser })]).toEqual([path, true]);
    }
  });

  // Lengths around those at which a line is broken.
  it.each([
    { tool: 1, name: 1, url: 0, variables: [] },
    { tool: 43, name: 21, url: 0, variables: [1] },
    { tool: 44, name: 22, url: 8, variables: [40, 40] },
    { tool: 54, name: 23, url: 0, variables: [20, 43] },
    { tool: 55, name: 24, url: 4, variables: [20, 44] },
    { tool: 57, name: 37, url: 0, variables: [20, 20, 17] },
    { tool: 58, name: 50, url: 0, variables: [20, 20, 18] },
    { tool: 64, name: 50, url: 70, variables: [40, 40, 40, 40] },
  ])('formats its pages as prettier would: %j', async ({ tool, name, url, variables }) => {
    const serverVariables = variables.map((length, index) => [
      `v${index}`,
      { variable: `V${index}`.padEnd(length, 'X') },
    ]) as [string, { variable: string }][];
    const plan = samplePlan([sampleTool('t'.repeat(tool)), sampleTool('u')], {
      name: 'n'.repeat(name),
      resourceUrl: `https://mcp.example.com/${'p'.repeat(url)}`,
      serverVariables: Object.fromEntries(serverVariables),
    });
    for (const path of ['README.md', 'TOOLS.md', 'docs/custom-code.md']) {
      const text = await contentOf(path, plan);
      const expected = await prettier.format(compacted(text), { ...style, parser: 'markdown' });
      expect(text).toBe(expected);
    }
  });

  it('refuses a plan without the scopes of a tool', async () => {
    const plan = samplePlan([sampleTool('constructor')], { scopes: {} });
    await expect(emit(plan)).rejects.toThrow('no scopes for the tool constructor');
  });

  it('never writes outside src/generated/tools because of a name', async () => {
    const plan = samplePlan([sampleTool('../../main')]);
    await expect(emit(plan)).rejects.toThrow('Not a tool name');
  });
});

describe('src/generated', () => {
  it('has one file per tool', async () => {
    expect(await contentOf('src/generated/tools/list-pets.ts')).toBe(
      `import type { Tool } from '../../runtime/api.js';

/** GET /pets */
export const listPets = {
  name: 'list_pets',
  title: 'List pets',
  description: 'Lists all pets.',
  annotations: {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  inputSchema: { type: 'object', properties: { limit: { type: 'integer' } } },
  request: { method: 'GET', path: '/pets', parameters: [{ name: 'limit', in: 'query' }] },
} as const satisfies Tool;
`,
    );
  });

  it('keeps no literals as types if there are too many', async () => {
    const long = { ...twoTools[0], description: 'x'.repeat(4096) } as (typeof twoTools)[number];
    const content = await contentOf('src/generated/tools/get-pet.ts', samplePlan([long]));
    expect(content).toContain('export const getPet: Tool = {');
    expect(content).toMatch(/\n\};\n$/);
  });

  it('has the scopes on one page', async () => {
    const scopes = { get_pet: [['read'], ['admin', 'all']], list_pets: [] };
    expect(await contentOf('src/generated/scopes.ts', samplePlan(twoTools, { scopes }))).toBe(
      `import type { ScopeAlternatives } from '../runtime/api.js';

/**
 * What a token needs to call each tool: every scope of at least one of the alternatives.
 * Without an alternative, any valid token is enough.
 */
export const scopes = {
  // GET /pets
  get_pet: [['read'], ['admin', 'all']],
  // GET /pets
  list_pets: [],
} satisfies Record<string, ScopeAlternatives>;
`,
    );
  });

  it('has the API and the union of its tools', async () => {
    expect(await contentOf('src/generated/api.ts', samplePlan(twoTools))).toBe(
      `import { toolList, type Api } from '../runtime/api.js';
import { scopes } from './scopes.js';
import { getPet } from './tools/get-pet.js';
import { listPets } from './tools/list-pets.js';

/** The name of a tool of this server. */
export type ToolName = keyof typeof scopes;

/** The API as this server offers it. */
export const api: Api = {
  name: 'petstore',
  title: 'Petstore',
  version: '1.0.0',
  description: 'Pets and more.',
  authentication: 'oauth2',
  authorizationServer: 'https://auth.example.com/',
  baseUrl: 'https://api.example.com/v1',
  securitySchemes: {
    key: { type: 'apiKey', in: 'header', name: 'X-Key', variable: 'UPSTREAM_API_KEY' },
  },
  scopes,
  tools: toolList(getPet, listPets),
};
`,
    );
  });
});
