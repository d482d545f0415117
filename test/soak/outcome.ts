import type { Call } from './calls.js';

/** The outcome that a caller saw. */
export type Outcome =
  | {
      readonly kind: 'result';
      readonly isError: boolean;
      readonly text: string;
      readonly value: unknown;
    }
  | { readonly kind: 'tools'; readonly names: readonly string[]; readonly text: string }
  /** The client had the list already, for as long as the server allows, and sent nothing. */
  | { readonly kind: 'cached' }
  /** A refusal by HTTP. */
  | { readonly kind: 'refused'; readonly status: number; readonly text: string }
  /** The caller disconnected. */
  | { readonly kind: 'left' }
  | { readonly kind: 'broken'; readonly text: string };

const MARKER = /m-[a-z]+\d+-\d+-[0-9a-f]{8}/g;

/** A marker that MARKER finds. */
export function newMarker(client: string, number: number): string {
  return `m-${client}-${number}-${crypto.randomUUID().slice(0, 8)}`;
}

/** The client that a marker belongs to. */
export function clientOf(marker: string): string {
  return marker.split('-')[1] ?? '';
}

const texts: Partial<Record<Call['kind'], string>> = {
  'upstream 500': 'The API answered 500 Internal Server Error.',
  'upstream 503': 'The API answered 503 Service Unavailable.',
  'upstream reset': 'The API could not be reached, or the connection was lost.',
  'upstream breaks off': 'The API could not be reached, or the connection was lost.',
  'upstream hangs': 'The API did not respond in time.',
  'bad arguments': 'Unknown argument "mark".',
};

/** The fault in the outcome of a call; `statuses`: the expected refusals, if any. */
export function faultOf(
  call: Call,
  outcome: Outcome,
  statuses: readonly number[] | undefined,
): string | undefined {
  const strange = strangeMarker(call, outcome);
  if (strange !== undefined) return `the answer is that of ${strange}`;
  if (outcome.kind === 'cached') return call.tool === undefined ? undefined : 'no request';
  if (statuses !== undefined)
    return outcome.kind === 'refused' && statuses.includes(outcome.status)
      ? undefined
      : `not ${statuses.join(' or ')}`;
  if (call.kind === 'client disconnects') return outcome.kind === 'left' ? undefined : 'an answer';
  if (call.kind === 'tools/list')
    return outcome.kind === 'tools' && outcome.names.join() === 'read_echo,write_echo'
      ? undefined
      : 'not the tools';
  if (outcome.kind !== 'result') return 'no result';
  return resultFault(call, outcome);
}

function resultFault(
  { kind, marker }: Call,
  { isError, text, value }: Extract<Outcome, { kind: 'result' }>,
): string | undefined {
  const failure = texts[kind];
  if (failure === undefined) {
    const echoed = (value as { marker?: unknown } | undefined)?.marker;
    return !isError && echoed === marker ? undefined : 'not the echo';
  }
  if (!isError || !text.includes(failure)) return 'not the tool error it must be';
  const repeats = kind === 'upstream 500' || kind === 'upstream 503';
  return text.includes(marker) === repeats ? undefined : 'not the marker in the tool error';
}

/** The response to one must not contain anything of another. */
function strangeMarker({ marker }: Call, outcome: Outcome): string | undefined {
  const text = 'text' in outcome ? outcome.text : '';
  const value = outcome.kind === 'result' ? JSON.stringify([outcome.value]) : '';
  return [...text.matchAll(MARKER), ...value.matchAll(MARKER)]
    .map(([found]) => found)
    .find((found) => found !== marker);
}
