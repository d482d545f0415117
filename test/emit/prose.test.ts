import { readdir, readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { emit } from '../../src/emit/emit.js';
import { variables } from '../../templates/src/runtime/variables.js';
import type { Plan } from '../../src/plan/types.js';
import { samplePlan, sampleTool, securedTool } from './sample.js';

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

const kinds = {
  one: { type: 'apiKey', in: 'query', name: 'k', variable: 'UPSTREAM_API_KEY_ONE' },
  two: { type: 'apiKey', in: 'cookie', name: 'c', variable: 'UPSTREAM_API_KEY_TWO' },
  basic: { type: 'http', scheme: 'basic' },
  oauth: { type: 'oauth2' },
  tls: { type: 'mutualTLS' },
} as const;

const open = { authentication: 'none', authorizationServer: undefined } as const;

describe('templates', () => {
  it('print values only through a helper', async () => {
    const helpers =
      /^(json|quoted|md|code|line|page|slug|env|yaml|envName|identifier|stem) |^~?(#|\/)(if|unless|each|table|fits)|^else$|^(count|more)$/;
    for (const path of await readdir('templates', { recursive: true })) {
      if (!path.endsWith('.hbs')) continue;
      const template = await readFile(`templates/${path}`, 'utf8');
      const expressions = [...template.matchAll(/(?<!\\)\{\{\{?(.*?)\}\}/g)].map(
        ([, inside = '']) => inside,
      );
      expect(expressions.filter((inside) => !helpers.test(inside))).toEqual([]);
    }
  });
});

describe('package.json', () => {
  it('pins the versions that this repository is tested with', async () => {
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

  it('has no options of the project, which are in its lock', async () => {
    expect((await manifest()).scripts['generate']).toBe('openapi-to-mcp generate');
  });

  it('requires the same Node version as this program', async () => {
    const own = JSON.parse(await readFile('package.json', 'utf8')) as Manifest;
    expect((await manifest()).engines).toEqual(own.engines);
  });
});

describe('.env.example', () => {
  /** Lines that set a variable, as they would be without the `#` before them. */
  const variablesIn = (text: string) =>
    [...text.matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);

  it('names every variable of the table, on servers with and without OAuth', async () => {
    const schemes = { securitySchemes: {} };
    const named = [
      ...variablesIn(await contentOf('.env.example', samplePlan(undefined, schemes))),
      ...variablesIn(
        await contentOf('.env.example', samplePlan(undefined, { ...open, ...schemes })),
      ),
    ];
    expect([...new Set(named)].sort()).toEqual(Object.keys(variables).sort());
  });

  it('shows a value for each, as Docker and Node read it', async () => {
    const text = await contentOf('.env.example', samplePlan(undefined, { securitySchemes: {} }));
    const lines = text.split('\n').filter((line) => /^(# )?[A-Z_]+=/.test(line));
    expect(lines).toEqual(lines.filter((line) => !/=['"]/.test(line)));
    expect(lines).toEqual(
      expect.arrayContaining([
        '# OAUTH_SCOPE_CLAIM=scope scp',
        '# UPSTREAM_HEADERS={"X-Tenant":"acme"}',
        '# UPSTREAM_PASSWORD=',
        '# PORT=3000',
      ]),
    );
  });

  it('asks for the variables that this API needs', async () => {
    const plan = samplePlan([securedTool('a', [{ key: [] }])]);
    expect(parseEnv(await contentOf('.env.example', plan))).toEqual({
      MCP_RESOURCE_URL: 'http://localhost:3000/mcp',
      OAUTH_AUTHORIZATION_SERVER: 'https://auth.example.com/',
      UPSTREAM_API_KEY: '',
    });
  });

  it('asks for each kind of credentials, and for a base URL that the document lacks', async () => {
    const tool = securedTool('a', [
      Object.fromEntries(Object.keys(kinds).map((name) => [name, []])),
    ]);
    const plan = samplePlan([tool], { ...open, securitySchemes: kinds, baseUrl: undefined });
    expect(Object.keys(parseEnv(await contentOf('.env.example', plan))).sort()).toEqual([
      'UPSTREAM_API_KEY_ONE',
      'UPSTREAM_API_KEY_TWO',
      'UPSTREAM_BASE_URL',
      'UPSTREAM_BEARER_TOKEN',
      'UPSTREAM_CERT_FILE',
      'UPSTREAM_KEY_FILE',
      'UPSTREAM_PASSWORD',
      'UPSTREAM_USERNAME',
    ]);
  });

  it('asks for a client and its token URL if the API has client credentials', async () => {
    const securitySchemes = { oauth: { type: 'oauth2' } } as const;
    const flows = { clientCredentials: {} };
    const plan = samplePlan(
      [securedTool('a', [{ oauth: [] }])],
      { ...open, securitySchemes },
      {
        components: { securitySchemes: { oauth: { type: 'oauth2', flows } } },
      },
    );
    expect(parseEnv(await contentOf('.env.example', plan))).toEqual({
      UPSTREAM_CLIENT_ID: '',
      UPSTREAM_CLIENT_SECRET: '',
      UPSTREAM_TOKEN_URL: '',
    });
    expect(await contentOf('.env.example', plan)).toContain('\n# UPSTREAM_BEARER_TOKEN=\n');
  });

  it('does not mention anything that none of the project’s tools can use', async () => {
    const plan = samplePlan([securedTool('a', [{ one: [] }])], { ...open, securitySchemes: kinds });
    const variables = variablesIn(await contentOf('.env.example', plan));
    expect(variables).toContain('UPSTREAM_API_KEY_ONE');
    expect(variables.filter((name) => /TWO|USERNAME|BEARER|CLIENT|TOKEN/.test(name ?? ''))).toEqual(
      [],
    );
  });

  it('offers the kinds that need no description if there is none', async () => {
    const plan = samplePlan(undefined, { ...open, securitySchemes: {} });
    const text = await contentOf('.env.example', plan);
    expect(parseEnv(text)).toEqual({});
    expect(variablesIn(text)).toEqual(
      expect.arrayContaining(['UPSTREAM_BEARER_TOKEN', 'UPSTREAM_USERNAME', 'UPSTREAM_CLIENT_ID']),
    );
  });

  it('offers nothing if the document requires no credentials', async () => {
    const text = await contentOf('.env.example', samplePlan([securedTool('a', [])], open));
    expect(text).not.toMatch(/UPSTREAM_(AUTH|API_KEY|USERNAME|BEARER|CLIENT)/);
  });

  it('quotes the document on where to get a credential, truncated', async () => {
    const words = `Ask *Ann* for it. ${'x'.repeat(300)}\n\nSecond paragraph.`;
    const plan = samplePlan(
      [securedTool('a', [{ key: [] }])],
      {},
      {
        components: { securitySchemes: { key: { description: words } } },
      },
    );
    const [, shown = ''] =
      /# API key of the scheme key, sent in the header as X-Key\. (.*)\n/.exec(
        await contentOf('.env.example', plan),
      ) ?? [];
    expect(shown).toMatch(/^Ask \*Ann\* for it\. x+…$/);
    expect(shown).toHaveLength(200);
    const readme = await contentOf('README.md', plan);
    expect(readme).toMatch(/\| `UPSTREAM_API_KEY` +\| `key`: Ask \\\*Ann\\\* for it\. x+… \|/);
    expect(readme).not.toContain('Second paragraph');
  });

  it('fills in the variables of a URL, and asks for those without a value', async () => {
    const serverVariables = {
      region: { variable: 'UPSTREAM_SERVER_REGION', default: 'eu', values: ['eu', 'us'] },
      tenant: { variable: 'UPSTREAM_SERVER_TENANT' },
    };
    const baseUrl = 'https://{tenant}.{region}.example.com';
    const plan = samplePlan(
      [securedTool('a', [])],
      { ...open, baseUrl, serverVariables },
      {
        servers: [{ url: baseUrl, variables: { region: { description: 'Where you are' } } }],
      },
    );
    const text = await contentOf('.env.example', plan);
    expect(parseEnv(text)).toEqual({ UPSTREAM_SERVER_TENANT: '' });
    expect(text).toContain("# UPSTREAM_BASE_URL='https://{tenant}.eu.example.com'\n");
    expect(text).toContain(
      "# For region in the API's URL: Where you are (one of eu, us)\n# UPSTREAM_SERVER_REGION=eu\n",
    );
    const readme = await contentOf('README.md', plan);
    expect(readme).toContain('"env": { "UPSTREAM_SERVER_TENANT": "…" }');
    expect(readme).toMatch(
      /`UPSTREAM_SERVER_REGION` +\| `region`: Where you are \(one of eu, us\) /,
    );
  });

  it('does not mention OAuth for a server without it', async () => {
    expect(await contentOf('.env.example', samplePlan(undefined, open))).not.toContain('OAUTH_');
  });
});

describe('TOOLS.md', () => {
  it('lists the tools with their scopes', async () => {
    const tools = ['a', 'b', 'c'].map((name) => sampleTool(name));
    const scopes = { a: [['read', 'more'], ['admin']], b: [], c: [[]] };
    const page = await contentOf('TOOLS.md', samplePlan(tools, { scopes }));
    expect(page).toMatch(/^\| `a` \| `GET \/pets` \| `read` and `more` or `admin` \|/m);
    expect(page).toMatch(/^\| `b` \| `GET \/pets` \| any valid token \|/m);
    expect(page).toMatch(/^\| `c` \| `GET \/pets` \| any valid token \|/m);
  });

  it('has a line for each of hundreds of tools, with its hints for clients', async () => {
    const hints = { readOnlyHint: false, destructiveHint: false };
    const changes = [
      {},
      { annotations: { ...hints, idempotentHint: false, openWorldHint: true } },
      { annotations: { ...hints, idempotentHint: true, openWorldHint: false }, confirm: 'Sure?' },
      {
        annotations: {
          ...hints,
          destructiveHint: true,
          idempotentHint: true,
          openWorldHint: false,
        },
      },
      { isPublic: true, confirm: false },
    ] as const;
    const tools = Array.from({ length: 300 }, (_, index) => ({
      ...sampleTool(`tool_${index + 100}`),
      ...changes[index],
    }));
    const page = await contentOf('TOOLS.md', samplePlan(tools, open));
    const rows = [...page.matchAll(/^\| `tool_\d+` \| `GET \/pets` \| (.*) \|$/gm)];
    expect(rows).toHaveLength(300);
    expect(rows.slice(0, 5).map(([, hint]) => hint)).toEqual([
      'reads, open world',
      'writes, open world',
      'writes, idempotent, confirmed',
      'destructive, idempotent',
      'reads, open world, public',
    ]);
  });

  it('names the tools that are listed in search mode, including the three', async () => {
    const tools = [sampleTool('a'), { ...sampleTool('b'), pinned: true }];
    const page = await contentOf('TOOLS.md', samplePlan(tools, { toolMode: 'search' }));
    expect(page).toMatch(/^\| `b` .* listed \|$/m);
    expect(page).not.toMatch(/^\| `a` .* listed \|$/m);
    expect(page).toContain('`find_operations` finds them');
  });
});

describe('README.md', () => {
  it('names the URL that clients connect to', async () => {
    const resourceUrl = 'https://todo.example.com/mcp';
    const published = await contentOf('README.md', samplePlan(undefined, { resourceUrl }));
    expect(published).toContain(`clients connect to \`${resourceUrl}\``);
    expect(published).not.toMatch(/mcp\.example\.com|localhost:3000/);
    const unknown = await contentOf('README.md', samplePlan());
    expect(unknown).toContain('Replace `https://mcp.example.com/mcp` with your `MCP_RESOURCE_URL`');
  });

  it('is as long for 60 tools as it is for one', async () => {
    const tools = Array.from({ length: 60 }, (_, index) => sampleTool(`tool_${index}`));
    const readme = await contentOf('README.md', samplePlan(tools));
    expect(readme).toBe(await contentOf('README.md', samplePlan([sampleTool('tool_0')])));
    expect(readme.split('\n').length).toBeLessThan(160);
  });

  it('warns that with a shared credential the scopes are the only authorization', async () => {
    const one = await contentOf('README.md', samplePlan([securedTool('a', [{ key: [] }])]));
    expect(one.match(/only authorization/g)).toHaveLength(1);
    expect(one).not.toMatch(/Client credentials|Token exchange|Forwarding/);
  });

  it('describes how to act as the user if the API accepts tokens and this server receives them', async () => {
    const tools = [securedTool('a', [{ oauth: [] }])];
    const securitySchemes = { oauth: { type: 'oauth2', tokenUrl: 'https://a.example/t' } } as const;
    const readme = await contentOf('README.md', samplePlan(tools, { securitySchemes }));
    expect(readme).toMatch(/^\*\*Token exchange \(RFC 8693\)/m);
    expect(readme).toContain('UPSTREAM_TOKEN_URL=https://a.example/t\n');
    expect(readme).toContain('**MCP forbids this for an API that the token was not issued for**');
    expect(readme.match(/only authorization/g)).toHaveLength(1);
    const without = await contentOf('README.md', samplePlan(tools, { ...open, securitySchemes }));
    expect(without).toMatch(/^\*\*Client credentials\.\*\*/m);
    expect(without).not.toMatch(/token-exchange|UPSTREAM_AUTH=forward/);
  });

  it('names the schemes that no variable can satisfy', async () => {
    const securitySchemes = { old: { type: 'http', scheme: 'digest' } } as const;
    const plan = samplePlan([securedTool('a', [{ old: [] }])], { securitySchemes });
    expect(await contentOf('README.md', plan)).toContain('that no variable can hold: `old`.');
  });

  it('has a self-contained example of a custom credential', async () => {
    const page = await contentOf('docs/custom-code.md');
    const [, source = ''] = /^```ts\n(\/\/ src\/sign\.ts\n[^]*?)^```$/m.exec(page) ?? [];
    expect(source.match(/from '.*'/g)).toEqual([
      "from 'node:crypto'",
      "from './runtime/upstream/call.js'",
    ]);
    const main = await readFile('templates/src/main.ts', 'utf8');
    const [, diff = ''] = /^```diff\n([^]*?)^```$/m.exec(page) ?? [];
    const removed = diff.split('\n').filter((line) => line.startsWith('-'));
    expect(removed.map((line) => main.includes(`${line.slice(1)}\n`))).toEqual([true]);
  });

  it('does not mention tokens and scopes without OAuth', async () => {
    const readme = await contentOf('README.md', samplePlan(undefined, open));
    expect(readme).toContain('There is no sign-in: anyone who can reach the server');
    expect(readme).not.toMatch(/OAUTH_|the scopes|ChatGPT|doctor --oauth/);
    const page = await contentOf('TOOLS.md', samplePlan(undefined, open));
    expect(page).not.toMatch(/scope|token/i);
  });
});
