/**
 * Spans through the OpenTelemetry API, which does nothing until an SDK is registered. An SDK outside the bundle reaches
 * this copy of the API through a symbol on `globalThis`, if its own copy is not older. So this is 1.9, which is older than
 * SDKs 1, 2 and 3. Names follow the semantic conventions for MCP and HTTP.
 */
import {
  context,
  metrics,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Histogram,
  type Span,
  type SpanOptions,
} from '@opentelemetry/api';
import { methodOf } from './attributes.js';
import { Aborted, type ClientRequest, type HttpClient } from './outgoing.js';

const SCOPE = 'openapi-to-mcp';

/** The instruments of this server's metrics. */
export const meter = () => metrics.getMeter(SCOPE);

// Where every copy of version 1 of the API looks for a registered SDK.
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

/** Whether an SDK receives the measurements. */
export function hasSdk(): boolean {
  const { trace: spans, metrics: numbers } =
    (globalThis as { [REGISTERED]?: Readonly<Record<string, unknown>> })[REGISTERED] ?? {};
  return spans !== undefined || numbers !== undefined;
}

/** A span, and the context for code inside it. */
export interface Started {
  readonly span: Span;
  readonly context: Context;
}

/** Starts a span below another one, if `parent` has one. */
export function startSpan(name: string, options: SpanOptions, parent: Context): Started {
  const span = trace.getTracer(SCOPE).startSpan(name, options, parent);
  return { span, context: trace.setSpan(parent, span) };
}

/** Ends a span; `isFault` says whether this side caused the failure. */
export function endSpan({ span }: Started, outcome: Attributes, isFault: boolean): void {
  span.setAttributes(outcome);
  if (isFault) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Histogram boundaries from the semantic conventions. */
export const BUCKETS = {
  http: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  mcp: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
};

/** A histogram of seconds. */
export function durations(name: string, explicitBucketBoundaries: number[]): Histogram {
  return meter().createHistogram(name, { unit: 's', advice: { explicitBucketBoundaries } });
}

/** Seconds since a moment of `performance.now()`. */
export function since(started: number): number {
  return (performance.now() - started) / 1000;
}

/**
 * A client whose requests have spans, and carry their trace. A span contains only the path template of the URL: the
 * rest may be arguments or keys.
 */
export function observed(client: HttpClient, template?: string): HttpClient {
  if (!hasSdk()) return client;
  const duration = durations('http.client.request.duration', BUCKETS.http);
  let sent = 0;
  return async (request, options) => {
    const fixed = attributesOf(request, template);
    const resent = sent === 0 ? undefined : { 'http.request.resend_count': sent };
    sent += 1;
    const name = template === undefined ? methodOf(request) : `${methodOf(request)} ${template}`;
    const spanOptions = { kind: SpanKind.CLIENT, attributes: { ...fixed, ...resent } };
    const own = startSpan(name, spanOptions, context.active());
    const headers = { ...request.headers };
    propagation.inject(own.context, headers);
    const started = performance.now();
    const end = (outcome: Attributes): void => {
      duration.record(since(started), { ...fixed, ...outcome });
      endSpan(own, outcome, 'error.type' in outcome);
    };
    return context
      .with(own.context, () => client({ ...request, headers }, options))
      .then(
        (response) => (end(outcomeOf(response.status)), response),
        (error: unknown) => (end({ 'error.type': codeOf(error) }), Promise.reject(error as Error)),
      );
  };
}

function attributesOf(request: ClientRequest, template: string | undefined): Attributes {
  const { hostname, port, protocol } = new URL(request.origin);
  return {
    'http.request.method': methodOf(request),
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
    ...(template !== undefined && { 'url.template': template }),
  };
}

function outcomeOf(status: number): Attributes {
  const code = { 'http.response.status_code': status };
  return status < 400 ? code : { ...code, 'error.type': String(status) };
}

function codeOf(error: unknown): string {
  if (error instanceof Aborted) return 'aborted';
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  return String(code ?? name);
}

/** The provider of an SDK, for which the API has no type. */
interface Provider {
  readonly forceFlush?: () => Promise<void>;
  readonly getDelegate?: () => Provider;
}

const FLUSH_MS = 2000;

/** Makes an SDK send its pending data because the process is about to end; the wait is limited. */
export async function flush(): Promise<void> {
  if (!hasSdk()) return;
  const traces = trace.getTracerProvider() as Provider;
  const providers = [traces.getDelegate?.() ?? traces, metrics.getMeterProvider() as Provider];
  const flushed = Promise.allSettled(
    providers.map((provider) => provider.forceFlush?.() ?? Promise.resolve()),
  );
  await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, FLUSH_MS))]);
}
