import {
  context,
  propagation,
  ROOT_CONTEXT,
  trace,
  type Context,
  type Link,
} from '@opentelemetry/api';

/** Returns one header, or one member of `_meta`; undefined if there is none, or it is not a string. */
export type Reader = (name: string) => string | undefined;

/** The trace that a request belongs to (W3C Trace Context, W3C Baggage). Each is a header, and a member of `_meta`. */
export interface Trace {
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly baggage?: string;
}

/** The headers of a trace, in the order they are written. */
export const TRACE_HEADERS = ['traceparent', 'tracestate', 'baggage'] as const;

type Meta = Readonly<Record<string, unknown>> | undefined;

/** Reads the strings of a `_meta`. */
export function metaReader(meta: Meta): Reader {
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
export function traceReader(meta: Meta, header: Reader): Reader {
  const own = metaReader(meta);
  return isTraceparent(own('traceparent')) ? own : header;
}

/**
 * The trace to pass on unchanged, for servers that do not take part in it. If there is a propagator (`OTEL_PROPAGATORS`),
 * it passes the trace on, under a span of this server.
 */
export function passedOn(meta: Meta, header: Reader): Trace {
  if (propagation.fields().length > 0) return {};
  const read = traceReader(meta, header);
  const [traceparent, tracestate, baggage] = TRACE_HEADERS.map(read);
  const isTraced = isTraceparent(traceparent);
  return {
    ...(isTraced && { traceparent }),
    // Never without the other (W3C Trace Context section 3.3.1).
    ...(isTraced && isTracestate(tracestate) && { tracestate }),
    ...(isBaggage(baggage) && { baggage }),
  };
}

function isTraceparent(value: string | undefined): value is string {
  const [, version, trace, parent] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(value ?? '') ?? [];
  const empty = [trace, parent].some((id) => id === undefined || /^0+$/.test(id));
  return version !== 'ff' && !empty;
}

// W3C Trace Context section 3.3.1.3; longer values may be dropped.
const STATE = { members: 32, length: 512, member: /^[a-z\d][\w*/@-]*=[!-+\--<>-~ ]*[!-+\--<>-~]$/ };

function isTracestate(value: string | undefined): value is string {
  return value !== undefined && isList(value, STATE);
}

// W3C Baggage sections 3.3.1 and 3.3.2: a token, a value, and properties.
const BAGGAGE = {
  members: 64,
  length: 8192,
  member: /^[\w!#$%&'*+.^`|~-]+[ \t]*=[ \t]*[!#-+\--:<-[\]-~]*[ \t]*(;[!-+\--~ \t]*)?$/,
};

function isBaggage(value: string | undefined): value is string {
  return value !== undefined && isList(value, BAGGAGE);
}

/** Whether a text is a list whose members all have this form: it becomes a header of another request. */
function isList(text: string, { members, length, member }: typeof STATE): boolean {
  if (text.length > length) return false;
  const items = text.split(',').map((item) => item.replace(/^[ \t]+|[ \t]+$/g, ''));
  return items.length <= members && items.every((item) => member.test(item));
}
