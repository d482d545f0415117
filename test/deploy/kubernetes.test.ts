import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { variables } from '../../templates/src/runtime/variables.js';
import { listFixtures, root } from '../support/fixtures.js';
import { generateInto, importApi } from '../support/project.js';

interface EnvEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef: {
      readonly name: string;
      readonly key: string;
      readonly optional?: true;
    };
  };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly selector?: unknown;
    readonly template: { readonly metadata: { readonly labels: unknown }; readonly spec: PodSpec };
  };
}

interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly unknown[];
  readonly containers: readonly {
    readonly env: readonly EnvEntry[];
    readonly securityContext: unknown;
    readonly volumeMounts?: readonly unknown[];
  }[];
}

const schemas = JSON.parse(
  readFileSync(join(import.meta.dirname, 'kubernetes-1.27.json'), 'utf8'),
) as { readonly $defs: Readonly<Record<string, object>> };

/** Closes every object that lists its members, as `kubectl apply` does (--validate=strict). */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closed(value)]),
  );
  const lists = 'properties' in copy && !('additionalProperties' in copy) && copy.type === 'object';
  return lists ? { ...copy, additionalProperties: false } : copy;
}

const kinds: Readonly<Record<string, string>> = {
  Deployment: 'io.k8s.api.apps.v1.Deployment',
  Service: 'io.k8s.api.core.v1.Service',
  PodDisruptionBudget: 'io.k8s.api.policy.v1.PodDisruptionBudget',
  HorizontalPodAutoscaler: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
};
const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema({ ...(closed({ $defs: schemas.$defs }) as object), $id: 'kubernetes' });

function validator(kind: string): ValidateFunction {
  return ajv.compile({ $ref: `kubernetes#/$defs/${kinds[kind] ?? 'of no known kind'}` });
}

function faultsOf(manifest: Manifest): unknown {
  const validate = validator(manifest.kind);
  return validate(manifest) ? [] : validate.errors;
}

function parse(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS() as Manifest;
  });
}

function podOf(text: string): PodSpec {
  const [deployment] = parse(text);
  if (deployment === undefined) throw new Error('There is no Deployment.');
  return deployment.spec.template.spec;
}

function containerOf(text: string) {
  const [container] = podOf(text).containers;
  if (container === undefined) throw new Error('There is no container.');
  return container;
}

/** The names of the entries with a value, and of those from a Secret; `?` marks what may be absent. */
function entries(text: string): { readonly values: string[]; readonly secrets: string[] } {
  const { env } = containerOf(text);
  const marked = ({ name, valueFrom }: EnvEntry) =>
    valueFrom?.secretKeyRef.optional === true ? `${name}?` : name;
  const always = [
    'HOST',
    'MCP_DRAIN_SECONDS',
    'PORT',
    'MCP_SHUTDOWN_SECONDS',
    'MCP_RESOURCE_URL',
    'MCP_ALLOWED_HOSTS',
  ];
  const values = env.filter(({ name, value }) => value !== undefined && !always.includes(name));
  return {
    values: values.map(({ name }) => name),
    secrets: env.filter(({ valueFrom }) => valueFrom !== undefined).map(marked),
  };
}

// A Worker runs on another platform.
const fixtures = listFixtures()
  .filter(({ fails, args }) => !fails && !args.includes('workers'))
  .map(({ name }) => name);
const read = (fixture: string) =>
  readFileSync(join(root, 'fixtures', fixture, 'expected/deploy/kubernetes.yaml'), 'utf8');

describe.each(fixtures)('the manifest of the fixture %s', (fixture) => {
  const text = read(fixture);

  it('is valid by the schemas of Kubernetes', () => {
    const manifests = parse(text);
    expect(manifests.map(({ kind }) => kind)).toEqual(Object.keys(kinds));
    expect(manifests.map(faultsOf)).toEqual(manifests.map(() => []));
  });

  it('has names that a Service may have, and selectors that meet the pods', () => {
    const manifests = parse(text);
    for (const { metadata } of manifests)
      expect(metadata.name).toMatch(/^[a-z]([a-z\d-]{0,50}[a-z\d])?$/);
    const [deployment, service] = manifests;
    const labels = deployment?.spec.template.metadata.labels;
    expect(deployment?.spec.selector).toEqual({ matchLabels: labels });
    expect(service?.spec.selector).toEqual(labels);
  });

  it('is laid out as prettier does', async () => {
    const options = await resolveConfig(join(root, 'package.json'));
    expect(await format(text, { ...options, parser: 'yaml' })).toBe(text);
  });
});

it('runs without any privilege', () => {
  const { automountServiceAccountToken, securityContext } = podOf(read('todo'));
  expect(automountServiceAccountToken).toBe(false);
  expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
  expect(containerOf(read('todo')).securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
});

it('has the user of the image', () => {
  const dockerfile = readFileSync(join(root, 'templates/Dockerfile'), 'utf8');
  expect(dockerfile).toContain(`\nUSER ${String(podOf(read('todo')).securityContext.runAsUser)}\n`);
});

it('lets calls complete before the pod stops', () => {
  const { terminationGracePeriodSeconds } = podOf(read('todo'));
  const { env } = containerOf(read('todo'));
  const seconds = (wanted: string) => Number(env.find(({ name }) => name === wanted)?.value);
  const [drain, shutdown] = [seconds('MCP_DRAIN_SECONDS'), seconds('MCP_SHUTDOWN_SECONDS')];
  expect(drain).toBeGreaterThan(0);
  expect(shutdown * 1000).toBeGreaterThan(variables.UPSTREAM_TIMEOUT_MS.default);
  expect(terminationGracePeriodSeconds).toBeGreaterThan(drain + shutdown);
});

it('takes credentials from a Secret, by what the document asks for', () => {
  expect(entries(read('todo'))).toEqual({
    values: ['OAUTH_AUTHORIZATION_SERVER'],
    secrets: ['UPSTREAM_API_KEY', 'UPSTREAM_BEARER_TOKEN?'],
  });
  expect(entries(read('auth-none')).values).toEqual(['MCP_ALLOW_UNAUTHENTICATED']);
  expect(entries(read('security')).secrets).toEqual(
    expect.arrayContaining([
      'UPSTREAM_CLIENT_ID',
      'UPSTREAM_CLIENT_SECRET',
      'UPSTREAM_BEARER_TOKEN?',
    ]),
  );
});

/** The environment of a pod whose Secret is there. */
function environmentOf(text: string): Record<string, string> {
  const { env } = containerOf(text);
  return Object.fromEntries(env.map(({ name, value = 'secret' }) => [name, value] as const));
}

describe('the manifest of a generated project', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-kubernetes-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function generate(name: string, source: string, ...args: string[]) {
    const project = join(folder, name);
    await generateInto(project, source, args);
    return { project, text: await readFile(join(project, 'deploy/kubernetes.yaml'), 'utf8') };
  }

  it('mounts a client certificate from a separate Secret', async () => {
    const { text } = await generate('vault', 'test/connections/mtls.yaml', '--auth', 'none');
    expect(parse(text).map(faultsOf)).toEqual([[], [], [], []]);
    expect(entries(text)).toEqual({
      values: ['MCP_ALLOW_UNAUTHENTICATED', 'UPSTREAM_CERT_FILE', 'UPSTREAM_KEY_FILE'],
      secrets: ['UPSTREAM_API_KEY'],
    });
    expect(podOf(text).volumes).toHaveLength(1);
    expect(podOf(text).securityContext.fsGroup).toBe(1000);
    expect(containerOf(text).volumeMounts).toHaveLength(1);
  });

  it('has an environment that the server starts with, once the Secret is there', async () => {
    const { project, text } = await generate(
      'todo',
      'fixtures/todo/input.yaml',
      ...['--oauth-server', 'https://auth.example.com'],
    );
    const settings = readHttpSettings(await importApi(project), environmentOf(text));
    expect(settings.upstream.warnings).toEqual([]);
    expect(settings).toMatchObject({ host: '0.0.0.0', port: 3000, shutdownSeconds: 35 });
  });

  it('without OAuth has one that the server refuses to start with, unless the operator allows it', async () => {
    const { project, text } = await generate('open', 'fixtures/todo/input.yaml', '--auth', 'none');
    const api = await importApi(project);
    const start = (allow?: Record<string, string>) =>
      readHttpSettings(api, { ...environmentOf(text), ...allow });
    expect(() => start()).toThrow('MCP_ALLOW_UNAUTHENTICATED=true');
    const { allowedHosts, upstream } = start({ MCP_ALLOW_UNAUTHENTICATED: 'true' });
    expect(allowedHosts).toContain(parse(text)[1]?.metadata.name);
    expect(upstream.warnings).toEqual([]);
  });

  it('is written once', async () => {
    const { project } = await generate('once', 'fixtures/todo/input.yaml', '--auth', 'none');
    const lock = await readFile(join(project, 'openapi-to-mcp.lock'), 'utf8');
    expect(lock).not.toContain('kubernetes');
  });
});

describe('the schemas', () => {
  it.each<[string, (pod: Record<string, unknown>) => void]>([
    ['a misspelled member', (pod) => (pod.terminationGracePeriod = 1)],
    ['a member of another type', (pod) => (pod.terminationGracePeriodSeconds = '45')],
    ['no containers', (pod) => delete pod.containers],
  ])('refuse %s', (_, change) => {
    const [deployment] = parse(read('todo'));
    if (deployment === undefined) throw new Error('There is no Deployment.');
    change(deployment.spec.template.spec as unknown as Record<string, unknown>);
    expect(faultsOf(deployment)).not.toEqual([]);
  });
});
