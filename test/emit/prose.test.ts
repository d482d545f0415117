import { readdir, readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { emit } from '../../src/emit/emit.js';
import type { Plan } from '../../src/plan/plan.js';
import { samplePlan, sampleTool } from './sample.js';

async function contentOf(path: string, plan: Plan = samplePlan()): Promise<string> {
  return (await emit(plan)).find((file) => file.path === path)?.content ?? '';
}

interface Manifest {
  readonly scripts: Record<string, string>;
  readonly engines: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

async function manifest(): Promise<Manifest> {
  return JSON.parse(await contentOf('package.json')) as Manifest;
}

const open = { authentication: 'none', authorizationServer: undefined } as const;

describe('templates', () => {
  it('print values through a helper only', async () => {
    const helpers =
      /^(json|md|code|line|slug|env|envName) |^(#|\/)(if|unless|each)|^else$|^(count|more)$/;
    for (const path of await readdir('templates')) {
      if (!path.endsWith('.hbs')) continue;
      const template = await readFile(`templates/${path}`, 'utf8');
      const expressions = [...template.matchAll(/\{\{\{?(.*?)\}\}/g)].map(
        ([, inside = '']) => inside,
      );
      expect(expressions.filter((inside) => !helpers.test(inside))).toEqual([]);
    }
  });
});

describe('package.json', () => {
  it('pins what this repository is tested with', async () => {
    const own = JSON.parse(await readFile('package.json', 'utf8')) as Manifest;
    const tested = { ...own.dependencies, ...own.devDependencies };
    const { dependencies, devDependencies } = await manifest();
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      const expected = name === 'typescript' ? tested['typescript-native'] : tested[name];
      expect(`${name}@${version}`).toBe(
        `${name}@${expected?.replace('npm:typescript@', '') ?? ''}`,
      );
    }
  });

  it('reproduces the project from its own folder', async () => {
    expect((await manifest()).scripts['generate']).toBe(
      'openapi-to-mcp generate --url petstore.yaml --output .',
    );
  });

  it('needs the Node that this program needs', async () => {
    const own = JSON.parse(await readFile('package.json', 'utf8')) as Manifest;
    expect((await manifest()).engines).toEqual(own.engines);
  });
});

describe('.env.example', () => {
  /** Lines that set a variable, as they would be without the `#` before them. */
  const variablesIn = (text: string) =>
    [...text.matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);

  it('names every variable that the runtime reads', async () => {
    const runtime = (await emit(samplePlan())).filter(({ path }) =>
      path.startsWith('src/runtime/'),
    );
    const read = runtime
      .flatMap(({ content }) => content.match(/(?<=['"`])[A-Z]+(_[A-Z]+)*(?=['"`])/g) ?? [])
      .filter((name) => /^(PORT|HOST|(MCP|OAUTH|UPSTREAM)_.*)$/.test(name));
    const plan = samplePlan(undefined, { securitySchemes: {} });
    const named = [
      ...variablesIn(await contentOf('.env.example', plan)),
      ...variablesIn(await contentOf('.env.example', samplePlan(undefined, open))),
    ];
    expect(read.length).toBeGreaterThan(20);
    expect([...new Set(read)].filter((name) => !named.includes(name))).toEqual([]);
  });

  it('asks for what this API needs', async () => {
    expect(parseEnv(await contentOf('.env.example'))).toEqual({
      MCP_RESOURCE_URL: 'http://localhost:3000/mcp',
      OAUTH_AUTHORIZATION_SERVER: 'https://auth.example.com/',
      UPSTREAM_API_KEY: '',
    });
  });

  it('asks for each kind of credentials, and for a base URL that the document lacks', async () => {
    const securitySchemes = {
      one: { type: 'apiKey', in: 'query', name: 'k', variable: 'UPSTREAM_API_KEY_ONE' },
      two: { type: 'apiKey', in: 'cookie', name: 'c', variable: 'UPSTREAM_API_KEY_TWO' },
      basic: { type: 'http', scheme: 'basic' },
      oauth: { type: 'oauth2' },
    } as const;
    const plan = samplePlan(undefined, { ...open, securitySchemes, baseUrl: undefined });
    expect(parseEnv(await contentOf('.env.example', plan))).toEqual({
      UPSTREAM_API_KEY_ONE: '',
      UPSTREAM_API_KEY_TWO: '',
      UPSTREAM_BASE_URL: '',
      UPSTREAM_BEARER_TOKEN: '',
      UPSTREAM_PASSWORD: '',
      UPSTREAM_USERNAME: '',
    });
  });

  it('says nothing of OAuth to a server without it', async () => {
    expect(await contentOf('.env.example', samplePlan(undefined, open))).not.toContain('OAUTH_');
  });
});

describe('README.md', () => {
  it('lists the tools with their scopes', async () => {
    const tools = ['a', 'b', 'c'].map((name) => sampleTool(name));
    const scopes = { a: [['read', 'more'], ['admin']], b: [], c: [[]] };
    const readme = await contentOf('README.md', samplePlan(tools, { scopes }));
    expect(readme).toMatch(/\| `a` +\| `GET \/pets` \| `read` and `more` or `admin` +\|/);
    expect(readme).toMatch(/\| `b` +\| `GET \/pets` \| any valid token +\|/);
    expect(readme).toMatch(/\| `c` +\| `GET \/pets` \| any valid token +\|/);
  });

  it('points to the list instead of printing one of hundreds of lines', async () => {
    const tools = Array.from({ length: 60 }, (_, index) => sampleTool(`tool_${index}`));
    const readme = await contentOf('README.md', samplePlan(tools));
    expect(readme.match(/^\| `tool_/gm)).toHaveLength(50);
    expect(readme).toContain('…and 10 more.');
  });

  it('says with a shared credential that the scopes are the only authorization', async () => {
    expect(await contentOf('README.md')).toContain('only authorization');
  });

  it('speaks of no tokens and scopes without OAuth', async () => {
    const readme = await contentOf('README.md', samplePlan(undefined, open));
    expect(readme).toContain('asks nobody for a token');
    expect(readme).not.toMatch(/OAUTH_|scopes above|\| Scopes|ChatGPT/);
  });
});
