// The SDK of a user, loaded with `--import` beside the bundle: it shows what was measured on a port of its own. Its
// copy of @opentelemetry/api is not the one in the bundle.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { env } from 'node:process';
import { metrics, propagation } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

const spans = new InMemorySpanExporter();
const { TELEMETRY_PROPAGATORS: propagators, TELEMETRY_PORT: port } = env;
// Knows nothing of baggage, as with OTEL_PROPAGATORS=b3.
const other = {
  fields: () => ['x-trace'],
  extract: (context) => context,
  inject: (_, carrier, setter) => setter.set(carrier, 'x-trace', '1'),
};
const config = propagators === 'other' ? { propagator: other } : {};
const file = env.TELEMETRY_FILE;
// Sends every few seconds, as real ones do.
const written = {
  export: (batch, done) => {
    appendFileSync(file, batch.map(({ name }) => `${name}\n`).join(''));
    done({ code: 0 });
  },
  shutdown: () => Promise.resolve(),
};
const processors = file === undefined ? [] : [new BatchSpanProcessor(written)];
const spanProcessors = [new SimpleSpanProcessor(spans), ...processors];
new NodeTracerProvider({ spanProcessors }).register(config);
if (propagators === 'none') propagation.disable();

const numbers = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: numbers, exportIntervalMillis: 1e8 });
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

const KINDS = ['INTERNAL', 'SERVER', 'CLIENT'];

function shown(span) {
  const { name, kind, attributes, status, parentSpanContext: parent, links } = span;
  const { traceId, spanId } = span.spanContext();
  const linked = links.map(({ context }) => context.spanId);
  const own = {
    name,
    kind: KINDS[kind],
    attributes,
    status: status.code,
    scope: span.instrumentationScope.name,
  };
  return { ...own, traceId, spanId, parent: parent?.spanId, links: linked };
}

async function collected() {
  numbers.reset();
  await reader.forceFlush();
  const scopes = numbers.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
  return scopes
    .flatMap((scope) => scope.metrics)
    .map(({ descriptor, dataPoints }) => ({
      name: descriptor.name,
      unit: descriptor.unit,
      points: dataPoints.map(({ attributes, value }) => ({ attributes, value })),
    }));
}

createServer((request, response) => {
  void collected().then((measured) => {
    const finished = spans.getFinishedSpans().map(shown);
    response.setHeader('Connection', 'close');
    response.end(JSON.stringify({ spans: finished, metrics: measured }));
    if (request.method === 'DELETE') spans.reset();
  });
})
  .listen(Number(port), '127.0.0.1')
  .unref();
