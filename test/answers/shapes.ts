import type { Json, JsonObject } from '../../templates/src/runtime/api.js';
import { json, many, schemaOf, type Answer } from './answer.js';

const commit = (number: number) => ({
  sha: number.toString(16).padStart(40, '6dcb09b5b57875f334f61aebed695e2e4193db5e'),
  commit: {
    author: { name: 'Monalisa Octocat', email: 'mona@github.com', date: '2011-04-14T16:00:49Z' },
    message: 'Fix all the bugs',
    tree: { sha: '6dcb09b5b57875f334f61aebed695e2e4193db5e' },
    verification: { verified: false, reason: 'unsigned', signature: null },
  },
});

const treeEntry = (number: number) => ({
  path: `lib/part-${number}/index.js`,
  mode: '100644',
  type: 'blob',
  size: 30 + number,
  sha: '44b4fc6d56897b048c772eb4087f854f46256132',
});

const pod = (number: number) => ({
  metadata: {
    name: `web-${number}`,
    namespace: 'default',
    labels: { app: 'web', 'pod-template-hash': '7d4b9c' },
    annotations: { 'kubernetes.io/config.source': 'api' },
  },
  spec: {
    containers: [{ name: 'nginx', image: 'nginx:1.14.2', ports: [{ containerPort: 80 }] }],
    nodeName: 'node-1',
  },
  status: {
    phase: 'Running',
    podIP: '10.244.0.7',
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});

const folder = (depth: number): JsonObject => ({
  name: `folder ${depth}`,
  id: `4:${depth}`,
  type: 'FRAME',
  absoluteBoundingBox: { x: -138.5, y: -84.25, width: 400, height: 300 },
  children: depth === 0 ? [] : [folder(depth - 1), folder(depth - 1)],
});

const comment = (depth: number): JsonObject => ({
  kind: 't1',
  data: {
    author: 'spez',
    body: 'A reply that says a little more than the one above it.',
    score: 12,
    replies: depth === 0 ? '' : { kind: 'Listing', data: { children: [comment(depth - 1)] } },
  },
});

const spans = many(
  300,
  { traceId: '5982fe77008310cc80f1da5e10147517', kind: 'CLIENT' },
  (number) => ({
    id: `bd7a977555f6b98${number}`,
    name: 'get /api',
    duration: 10_000 + number,
    tags: { 'http.method': 'GET', 'http.path': '/api' },
  }),
);

const nested = (depth: number): Json => (depth === 0 ? 'end' : { child: nested(depth - 1) });

/** Trees, dictionaries and answers that are nested deeply. */
export const shapes: readonly Answer[] = [
  json(
    'GitHub, a tree with its blobs',
    'https://docs.github.com/en/rest/git/trees#get-a-tree',
    {
      sha: '9fb037999f264ba9a7fc6274d15fa3ae2ab98312',
      url: 'https://api.github.com/repos/octocat/Hello-World/trees/9fb037',
      tree: Array.from({ length: 400 }, (_, number) => treeEntry(number)),
      truncated: false,
    },
    { parameters: { recursive: { type: 'string' } } },
  ),
  json(
    'GitHub, a comparison: two lists beside each other',
    'https://docs.github.com/en/rest/commits/commits#compare-two-commits',
    {
      status: 'behind',
      ahead_by: 1,
      behind_by: 2,
      commits: Array.from({ length: 120 }, (_, number) => commit(number)),
      files: many(
        90,
        { status: 'added', additions: 103, patch: '@@ -132,7 +132,7 @@ module Test' },
        (n) => ({
          filename: `file${n}.txt`,
        }),
      ),
    },
  ),
  json(
    'Kubernetes, pods of a namespace',
    'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/',
    {
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '12345' },
      items: Array.from({ length: 60 }, (_, number) => pod(number)),
    },
  ),
  json(
    'Figma, a file: nodes in nodes',
    'https://developers.figma.com/docs/rest-api/file-endpoints/',
    {
      name: 'Design system',
      version: '2198837',
      document: folder(6),
      components: {},
    },
  ),
  json('Reddit, comments in comments', 'https://www.reddit.com/dev/api/#GET_comments_{article}', [
    { kind: 'Listing', data: { children: [{ kind: 't3', data: { title: 'A post' } }] } },
    { kind: 'Listing', data: { children: [comment(14), comment(14)] } },
  ]),
  json(
    'npm, a package: versions by name',
    'https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md',
    {
      name: 'tiny-tarball',
      'dist-tags': { latest: '1.0.299' },
      versions: Object.fromEntries(
        Array.from({ length: 300 }, (_, number) => [
          `1.0.${number}`,
          {
            name: 'tiny-tarball',
            version: `1.0.${number}`,
            dist: { shasum: 'bbf102d5ae73afe2c5' },
          },
        ]),
      ),
      readme: '# TinyTarball\n\nTiny tarball used for health checks.\n'.repeat(30),
    },
  ),
  json(
    'Frankfurter, exchange rates by day and currency',
    'https://frankfurter.dev/#time-series-data',
    {
      base: 'EUR',
      start_date: '1999-12-30',
      end_date: '2000-12-29',
      rates: Object.fromEntries(
        Array.from({ length: 250 }, (_, day) => [
          new Date(Date.UTC(2000, 0, 1 + day)).toISOString().slice(0, 10),
          { AUD: 1.5346, CAD: 1.4577, CHF: 1.6043, USD: 1.0046 },
        ]),
      ),
    },
  ),
  json('Zipkin, traces: lists in lists', 'https://zipkin.io/zipkin-api/#/default/get_traces', [
    spans.slice(0, 100),
    spans.slice(100, 250),
    spans.slice(250),
  ]),
  json(
    'Prometheus, a range of samples',
    'https://prometheus.io/docs/prometheus/latest/querying/api/',
    {
      status: 'success',
      data: {
        resultType: 'matrix',
        result: ['localhost:9090', 'localhost:9091'].map((instance) => ({
          metric: { __name__: 'up', job: 'prometheus', instance },
          values: Array.from({ length: 600 }, (_, step) => [1435781430.781 + step * 15, '1']),
        })),
      },
    },
  ),
  json(
    'Elasticsearch, a search with aggregations',
    'https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-search',
    {
      took: 5,
      timed_out: false,
      _shards: { total: 1, successful: 1, skipped: 0, failed: 0 },
      hits: {
        total: { value: 200, relation: 'eq' },
        max_score: 1.3862942,
        hits: many(200, { _index: 'my-index-000001', _score: 1.3862942 }, (number) => ({
          _id: String(number),
          _source: {
            '@timestamp': '2099-11-15T14:12:12',
            user: { id: 'kimchy' },
            message: 'GET /',
          },
        })),
      },
      aggregations: { 'my-agg': { buckets: many(40, { doc_count: 5 }, (key) => ({ key })) } },
    },
  ),
  json(
    'GraphQL, an introspection of types',
    'https://spec.graphql.org/October2021/#sec-Introspection',
    {
      data: {
        __schema: {
          types: many(150, { kind: 'OBJECT', description: 'A type of the schema.' }, (number) => ({
            name: `Type${number}`,
            fields: [
              { name: 'id', type: { kind: 'NON_NULL', ofType: { kind: 'SCALAR', name: 'ID' } } },
            ],
          })),
        },
      },
    },
  ),
  json(
    'FHIR, a bundle that names its own next page',
    'https://hl7.org/fhir/R4/bundle-example.json.html',
    {
      resourceType: 'Bundle',
      type: 'searchset',
      total: 120,
      link: [{ relation: 'self', url: 'https://example.com/base/MedicationRequest?patient=347' }],
      entry: many(120, { search: { mode: 'match', score: 1 } }, (number) => ({
        fullUrl: `https://example.com/base/MedicationRequest/${number}`,
        resource: { resourceType: 'MedicationRequest', id: String(number), status: 'unknown' },
      })),
    },
  ),
  json(
    'GeoJSON, polygons of many points',
    'https://datatracker.ietf.org/doc/html/rfc7946#section-1.5',
    {
      type: 'FeatureCollection',
      features: many(12, { type: 'Feature' }, (number) => ({
        properties: { name: `Area ${number}` },
        geometry: {
          type: 'Polygon',
          coordinates: [Array.from({ length: 80 }, (_, at) => [100.25 + at / 7, 0.125 * number])],
        },
      })),
    },
  ),
  json(
    'Atlassian, a document as a tree of nodes',
    'https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/',
    {
      version: 1,
      type: 'doc',
      content: many(60, { type: 'paragraph' }, (number) => ({
        content: [
          { type: 'text', text: `Paragraph ${number}. `.repeat(6), marks: [{ type: 'strong' }] },
        ],
      })),
    },
  ),
  {
    api: 'Elasticsearch, a query that is nested 300 deep',
    page: 'https://www.elastic.co/docs/reference/elasticsearch/rest-apis/common-options',
    body: JSON.stringify(nested(300)),
    schema: schemaOf(nested(3)),
  },
  {
    api: 'A parser benchmark: 5,000 lists in one another',
    page: 'https://github.com/nst/JSONTestSuite',
    body: `${'['.repeat(5000)}${']'.repeat(5000)}`,
  },
];
