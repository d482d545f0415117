import { deepStrictEqual } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emit } from '../../src/emit/emit.js';
import type { JsonObject } from '../../src/load/document.js';
import type { Plan } from '../../src/plan/types.js';
import { markdownNodes } from './markdown-nodes.js';
import { samplePlan, sampleTool, type Tool } from './sample.js';

const run = 'globalThis.pwned=1';

/** Everything that can end a string, a comment, a line, a template, a table cell or a path. */
const evil =
  `'; ${run}; //"; ${run}; //\`; ${run}; //\${${run}} */ ${run}; /* \\'; ${run}; // \\\\\n${run}\r\n` +
  `PWNED=1\n\`\`\`\n<script>${run}</script><img src=x onerror=${run}> [x](javascript:${run}) ` +
  `| cell | {{#each}}{{${run}}} ../../x \u2028${run}\u2029${run}\u202e\u2066\u200b\ufeff\u0000 ` +
  `\ud800 \udc00 \ufffd // @ts-nocheck\n@ts-ignore\n*/\n${run}\n/*`;

const odd = {
  [evil]: evil,
  ['__proto__']: { [evil]: [evil, null, -0, 1e300, true] },
  constructor: evil,
  toString: evil,
  '': evil,
};

const tool: Omit<Tool, 'name'> = {
  title: evil,
  description: evil,
  annotations: {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  inputSchema: { type: 'object', properties: odd, enum: [evil], $defs: odd, [evil]: evil },
  request: {
    method: evil,
    path: evil,
    server: evil,
    accept: evil,
    parameters: [{ name: evil, in: 'query', argument: evil, content: evil }],
    body: { mediaType: evil, encoding: { [evil]: { contentType: evil }, ['__proto__']: {} } },
    security: [{ [evil]: [evil], ['__proto__']: [evil], constructor: [] }, { [`${evil}?`]: [] }],
  },
};

const names = ['__proto__', 'api', 'con', 'constructor', 'delete', 'scopes', 'to_string', '_tool'];
const tools = [...names].sort().map((name) => sampleTool(name, tool));

const securitySchemes = {
  [evil]: { type: 'apiKey', in: 'header', name: evil, variable: evil },
  ['__proto__']: { type: 'oauth2', tokenUrl: evil },
  constructor: { type: 'openIdConnect', openIdConnectUrl: evil },
} as const;

const serverVariables = {
  [evil]: { variable: evil, default: evil, values: [evil, ''] },
  ['__proto__']: { variable: 'UPSTREAM_SERVER_PROTO' },
};

/** The parts of the document that only reach prose. */
const described: JsonObject = {
  components: {
    securitySchemes: {
      [evil]: { description: evil },
      ['__proto__']: { description: evil, flows: { clientCredentials: {} } },
      constructor: { description: evil },
    },
  },
  servers: [{ variables: { [evil]: { description: evil }, ['__proto__']: { description: evil } } }],
};

const plan: Plan = {
  ...samplePlan(tools, { securitySchemes, serverVariables }, described),
  projectName: evil,
  source: { location: evil, hash: evil },
  warnings: [{ code: evil, message: evil }],
  api: {
    name: evil,
    title: evil,
    version: evil,
    description: evil,
    documentation: evil,
    authentication: 'oauth2',
    authorizationServer: evil,
    resourceUrl: evil,
    baseUrl: evil,
    serverVariables,
    securitySchemes,
    scopes: Object.fromEntries(tools.map(({ name }) => [name, [[evil]]])),
    tools,
  },
};

/** The same plan with a harmless word for every hostile text. */
function harmless<T>(value: T): T {
  const text = JSON.stringify(value).replaceAll(JSON.stringify(evil).slice(1, -1), 'harmless');
  return JSON.parse(text) as T;
}

let folder: string;
const read = (path: string) => readFile(join(folder, path), 'utf8');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  for (const { path, content } of await emit(plan)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a plan whose every text is hostile', () => {
  it('compiles to the same values, and none of it runs', async () => {
    const config = { extends: './tsconfig.json', include: [], files: ['src/generated/api.ts'] };
    await writeFile(join(folder, 'tsconfig.test.json'), JSON.stringify(config));
    const tsc = resolve('node_modules/typescript-native/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.test.json'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
    const { api } = (await import(pathToFileURL(join(folder, 'dist/generated/api.js')).href)) as {
      api: Plan['api'];
    };
    // The equality of `expect` fails for a property called `constructor`.
    deepStrictEqual(api, plan.api);
    expect(Object.keys(api.scopes)).toEqual(Object.keys(plan.api.scopes));
    expect(globalThis).not.toHaveProperty('pwned');
  });

  it('has nothing invisible, and no directive, in its sources', async () => {
    const files = (await emit(plan)).filter(({ path }) => path.startsWith('src/generated/'));
    for (const { content } of files) {
      expect(content).not.toMatch(/[^\P{C}\n]/u);
      expect(content).not.toMatch(/^\s*(\/\/|\/?\*+)?\s*@ts-/m);
    }
  });

  it('stays text in package.json', async () => {
    const manifest = JSON.parse(await read('package.json')) as Record<string, unknown>;
    const wellFormed = evil.replace(/\p{Cs}/gu, '\uFFFD');
    expect(manifest).toMatchObject({
      name: wellFormed,
      description: wellFormed,
      scripts: { generate: 'openapi-to-mcp generate' },
    });
  });

  it('sets no variable in .env.example', async () => {
    expect(Object.keys(parseEnv(await read('.env.example'))).sort()).toEqual([
      'MCP_RESOURCE_URL',
      'OAUTH_AUTHORIZATION_SERVER',
      'UPSTREAM_BEARER_TOKEN',
      'UPSTREAM_CLIENT_ID',
      'UPSTREAM_CLIENT_SECRET',
      'UPSTREAM_SERVER_PROTO',
      evil.replace(/\W/g, '_'),
    ]);
  });

  it.each(['README.md', 'TOOLS.md'])('adds no HTML, link, image or heading to %s', async (name) => {
    const count = async (text: string) => {
      const types = (await markdownNodes(text)).map(({ type }) => type);
      return ['html', 'link', 'image', 'heading', 'code', 'tableRow'].map(
        (type) => `${type}: ${types.filter((found) => found === type).length}`,
      );
    };
    const plain = await emit(harmless(plan));
    const expected = plain.find(({ path }) => path === name)?.content ?? '';
    expect(await count(await read(name))).toEqual(await count(expected));
  });
});
