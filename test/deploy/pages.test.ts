import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isNumbered, namesIn, variables } from '../../templates/src/runtime/variables.js';
import { root } from '../support/fixtures.js';

const folder = join(root, 'docs/deploy');
const pages = readdirSync(folder).map(
  (name) => [name, readFileSync(join(folder, name), 'utf8')] as const,
);
const pageOf = (name: string): string => new Map(pages).get(name) ?? '';

describe.each(pages)('docs/deploy/%s', (_, text) => {
  it('names variables that exist', () => {
    const names = text.match(/\b(MCP|OAUTH|UPSTREAM)_[A-Z_]+\b/g) ?? [];
    const known = [...namesIn(variables), 'UPSTREAM_API_KEY', 'UPSTREAM_API_KEY_FILE'];
    expect(names.filter((name) => !known.includes(name) && !isNumbered(name))).toEqual([]);
  });

  it('has links that lead somewhere', () => {
    const links = [...text.matchAll(/\]\((?!https:)([^)#]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(folder, link)))).toEqual([]);
  });
});

it('the README of the folder leads to every page', () => {
  for (const [name] of pages)
    if (name !== 'README.md') expect(pageOf('README.md')).toContain(`(${name})`);
});

describe('the page about observability', () => {
  const text = pageOf('observability.md');
  const source = ['telemetry.ts', 'spans.ts']
    .map((name) => readFileSync(join(root, 'templates/src/runtime', name), 'utf8'))
    .join('\n');

  it('lists the metrics and the attributes that there are', () => {
    const listed = text.match(
      /(?<=`)(mcp|http|gen_ai|jsonrpc|url|server|enduser|error|openapi_to_mcp)\.[a-z_.]+(?=`)/g,
    );
    const absent = new Set(['mcp.session.id']);
    const unknown = listed?.filter((name) => !absent.has(name) && !source.includes(`'${name}'`));
    expect(unknown).toEqual([]);
    const made = source.matchAll(/(?:durations|createUpDownCounter|createCounter)\(\s*'([^']+)'/g);
    const metrics = new Set([...made].map(([, metric = '']) => metric));
    expect(metrics.size).toBe(5);
    for (const metric of metrics) expect(text).toContain(`| \`${metric}\``);
  });

  it('installs the API that is in the bundle', () => {
    const { dependencies } = JSON.parse(
      readFileSync(join(root, 'templates/package.json.hbs'), 'utf8').replace(/\{\{.*?\}\}/g, '""'),
    ) as { dependencies: Record<string, string> };
    expect(text).toContain(`@opentelemetry/api@${dependencies['@opentelemetry/api'] ?? ''} `);
  });

  it('configures a collector whose parts exist', () => {
    const [, block = ''] = /^```yaml\n(.*?)^```$/ms.exec(text) ?? [];
    const collector = parse(block) as Record<string, Record<string, unknown>> & {
      service: { pipelines: Record<string, Record<string, string[]>> };
    };
    for (const pipeline of Object.values(collector.service.pipelines))
      for (const [kind, names] of Object.entries(pipeline))
        expect(Object.keys(collector[kind] ?? {})).toEqual(expect.arrayContaining(names));
  });
});
