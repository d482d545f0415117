/**
 * Spans through the OpenTelemetry API, which does nothing until an SDK is registered. An SDK outside the bundle reaches
 * this copy of the API through a symbol on `globalThis`, if its own copy is not older. So this is 1.9, which is older
 * than SDKs 1, 2 and 3. Names follow the semantic conventions for MCP and HTTP.
 */
import { context, metrics, propagation, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context, Histogram, Link, Span, SpanOptions } from '@opentelemetry/api';
import { membersOf } from './api.js';
import type { HttpRequest, HttpResponse } from './http.js';
import { isJson } from './media.js';
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

/** Histogram boundaries from the semantic conventions, by the first word of a name. */
const BUCKETS = {
  http: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  mcp: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
};

/** A histogram of seconds. */
export function durations(name: `${keyof typeof BUCKETS}.${string}`): Histogram {
  const explicitBucketBoundaries = BUCKETS[name.startsWith('mcp.') ? 'mcp' : 'http'];
  return meter().createHistogram(name, { unit: 's', advice: { explicitBucketBoundaries } });
}

/** Seconds since a moment of `performance.now()`. */
export function since(started: number): number {
  return (performance.now() - started) / 1000;
}

/** Counts a request that is refused; the reason is one of a few. */
export function countRefusal(reason: string): void {
  meter().createCounter('openapi_to_mcp.refusals', { unit: '{request}' }).add(1, { reason });
}

// A JSON-RPC error is short; longer bodies are results.
const MAX_ERROR = 1000;

/** How a response failed, as one of a few words; undefined if it did not. */
export function errorOf({ status, headers, body }: HttpResponse): string | undefined {
  if (status >= 400) return String(status);
  const type = headers['Content-Type'] ?? headers['content-type'] ?? '';
  if (typeof body !== 'string' || body.length > MAX_ERROR || !isJson(type)) return undefined;
  const { error } = membersOf(JSON.parse(body)) as { readonly error?: { readonly code?: number } };
  return error === undefined ? undefined : String(error.code);
}

/** Why a request was refused, as one of a few words. */
export function reasonOf({ status, refusal, body }: HttpResponse): string {
  const [, code] = typeof body === 'string' ? (/^\{"error":"(\w+)"/.exec(body) ?? []) : [];
  return refusal?.reason ?? code ?? String(status);
}

/** A method that is made up must not become a metric. */
export const OTHER = '_OTHER';
const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'];

/** The method of a request for spans and metrics. */
export function methodOf({ method }: Pick<HttpRequest, 'method'>): string {
  return HTTP_METHODS.includes(method) ? method : OTHER;
}

/** A client whose requests have spans, with only the path template of the URL: the rest may be arguments or keys. */
export function observed(client: HttpClient, template?: string): HttpClient {
  if (!hasSdk()) return client;
  const duration = durations('http.client.request.duration');
  let sent = 0;
  return async (request, options) => {
    const fixed = attributesOf(request, template);
    // Without a template, each request is another one, for a token for example.
    const isFirst = sent === 0 || template === undefined;
    const resent = isFirst ? undefined : { 'http.request.resend_count': sent };
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

/** Returns one header, or one member of `_meta`; undefined if there is none, or it is not a string. */
export type Reader = (name: string) => string | undefined;

/** The headers of a trace, in the order they are written; each is also a member of `_meta`. */
export const TRACE_HEADERS = ['traceparent', 'tracestate', 'baggage'] as const;

/** The trace that a request belongs to (W3C Trace Context, W3C Baggage). */
export type Trace = Readonly<Partial<Record<(typeof TRACE_HEADERS)[number], string>>>;

type Meta = Readonly<Record<string, unknown>> | undefined;

/** Reads the strings of a `_meta`. */
function metaReader(meta: Meta): Reader {
  return (name) => {
    const value = meta !== undefined && Object.hasOwn(meta, name) ? meta[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
}

/**
 * The context that a request's span belongs to. The message's own comes first, with a link to the surrounding one
 * (semantic conventions, MCP); then that of an HTTP instrumentation, then that of the headers.
 */
export function parentOf(meta: Meta, header: Reader): { parent: Context; links: Link[] } {
  const around = context.active();
  const outer = trace.getSpanContext(around);
  const reader = traceReader(meta, header);
  if (reader !== header)
    return { parent: extract(ROOT_CONTEXT, reader), links: outer ? [{ context: outer }] : [] };
  return { parent: outer ? around : extract(around, header), links: [] };
}

function extract(base: Context, reader: Reader): Context {
  return propagation.extract(base, reader, { keys: () => [], get: (read, name) => read(name) });
}

/** Where the trace of a message is: its `_meta` (SEP-414) describes the message itself, headers only its transport. */
function traceReader(meta: Meta, header: Reader): Reader {
  const own = metaReader(meta);
  return isTraceparent(own('traceparent')) ? own : header;
}

/**
 * The trace to pass on unchanged, for servers that do not take part in it. If there is a propagator
 * (`OTEL_PROPAGATORS`), it passes the trace on, under a span of this server.
 */
export function passedOn(meta: Meta, header: Reader): Trace {
  if (propagation.fields().length > 0) return {};
  const read = traceReader(meta, header);
  const [traceparent, tracestate, baggage] = TRACE_HEADERS.map(read);
  const isTraced = isTraceparent(traceparent);
  return {
    ...(isTraced && { traceparent }),
    // Never without the other (W3C Trace Context section 3.3.1).
    ...(isTraced && isList(tracestate, TRACESTATE) && { tracestate }),
    ...(isList(baggage, BAGGAGE) && { baggage }),
  };
}

function isTraceparent(value: string | undefined): value is string {
  const [, version, trace, parent] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(value ?? '') ?? [];
  const empty = [trace, parent].some((id) => id === undefined || /^0+$/.test(id));
  return version !== 'ff' && !empty;
}

/** The form of a list: of all of it, and of each member. */
interface Form {
  readonly members: number;
  readonly length: number;
  readonly member: RegExp;
}

// W3C Trace Context section 3.3.1.3; longer values may be dropped.
const TRACESTATE: Form = {
  members: 32,
  length: 512,
  member: /^[a-z\d][\w*/@-]*=[!-+\--<>-~ ]*[!-+\--<>-~]$/,
};

// W3C Baggage sections 3.3.1 and 3.3.2: a token, a value, and properties.
const BAGGAGE: Form = {
  members: 64,
  length: 8192,
  member: /^[\w!#$%&'*+.^`|~-]+[ \t]*=[ \t]*(?:[!#-+\--:<-[\]-~]+[ \t]*)?(;[!-+\--~ \t]*)?$/,
};

/** An item without blanks around it. */
const UNPADDED = /[^ \t](?:[^]*[^ \t])?/;

/** Whether a value has a form: it becomes a header of another request. */
function isList(value: string | undefined, { members, length, member }: Form): value is string {
  if (value === undefined || value.length > length) return false;
  const items = value.split(',').map((item) => UNPADDED.exec(item)?.[0] ?? '');
  return items.length <= members && items.every((item) => member.test(item));
}
