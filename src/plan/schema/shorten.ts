import { shortenText } from '../../../templates/src/runtime/listing.js';
import { array } from '../../json.js';
import { count } from '../../numbers.js';
import type { Json, JsonObject } from '../../load/document.js';

/** Longer texts and lists cost a model more than they are worth, and clients truncate long descriptions anyway. */
export interface TextLimits {
  /** Characters of a description. */
  readonly description: number;
  /** Values of an enum. */
  readonly values: number;
  /** Characters of the JSON of a default, or of all examples. */
  readonly example: number;
}

/** What was shortened: a description with its number of characters, or an enum with its number of values. */
export interface Shortened {
  readonly label: string;
  readonly what: 'description' | 'enum' | 'examples';
  readonly length: number;
}

/** The limits that always apply. */
export const standardLimits: TextLimits = { description: 2000, values: 64, example: 2000 };

/** Tried in turn, before parts are left out: a model can do without half a page of text sooner than without a member. */
export const briefLimits: readonly TextLimits[] = [
  { description: 500, values: 64, example: 200 },
  { description: 300, values: 64, example: 200 },
];

/** Stricter limits, tried in turn, for a tool of which not even one level fits. */
export const tighterLimits: readonly TextLimits[] = [
  { description: 240, values: 24, example: 100 },
  { description: 160, values: 12, example: 60 },
  { description: 60, values: 4, example: 0 },
  { description: 0, values: 0, example: 0 },
];

/** The limits where nothing is explained: what a part is called, and its type, say the most for their length. */
export function withoutTexts(limits: TextLimits = standardLimits): TextLimits {
  return { ...limits, description: 0, example: 0 };
}

/** Whether a schema has texts that explain it. */
export function isExplained({ description, examples }: JsonObject): boolean {
  return description !== undefined || examples !== undefined;
}

/** The number of removed values that are still named, if there is room. */
const NAMED = 12;

/** Shortens the keywords of the value itself, and records it. */
export function shorten(
  schema: JsonObject,
  limits: TextLimits,
  label: string,
  notes: Shortened[],
): JsonObject {
  const { description, enum: values, examples } = schema;
  const isLongList = Array.isArray(values) && values.length > limits.values;
  const isLongText = typeof description === 'string' && description.length > limits.description;
  const isLongExample = examples !== undefined && lengthOf(examples) > limits.example;
  if (!isLongList && !isLongText && !isLongExample) return schema;
  if (isLongText) notes.push({ label, what: 'description', length: description.length });
  if (isLongList) notes.push({ label, what: 'enum', length: values.length });
  if (isLongExample) notes.push({ label, what: 'examples', length: lengthOf(examples) });
  const text = [
    typeof description === 'string' ? shortenText(description, limits.description) : '',
    isLongList ? summarize(values, limits.values) : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
  const { description: _, enum: __, examples: ___, ...rest } = schema;
  const shown = isLongExample ? fitting(array(examples), limits.example) : examples;
  return {
    ...rest,
    ...(text !== '' && { description: text }),
    ...(values !== undefined && !isLongList && { enum: values }),
    ...(shown !== undefined && { examples: shown }),
  };
}

/** The first examples, as many as fit; undefined if none does. */
function fitting(examples: readonly Json[], limit: number): Json[] | undefined {
  let length = 1;
  const tooLong = examples.findIndex((one) => (length += lengthOf(one) + 1) > limit);
  return tooLong > 0 ? examples.slice(0, tooLong) : undefined;
}

function summarize(values: readonly Json[], limit: number): string {
  const named = values.slice(0, Math.min(NAMED, limit)).map((value) => JSON.stringify(value));
  const shown = named.filter((_, index) => named.slice(0, index + 1).join(', ').length <= 400);
  return shown.length === 0
    ? `One of ${count(values.length)} values.`
    : `One of ${count(values.length)} values, such as ${shown.join(', ')}.`;
}

function lengthOf(value: Json): number {
  return JSON.stringify(value).length;
}
