import { createHash } from 'node:crypto';
import type { Api, Tool } from '../../../templates/src/runtime/api.js';
import { jsonEscape } from '../../../templates/src/runtime/text.js';
import type { Problem } from '../../errors.js';
import { someOf } from '../../numbers.js';

/**
 * Characters that are invisible on a screen, including controls: a model reads them, but a reviewer cannot see them.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** A quick check: most texts contain only these characters. */
const UNUSUAL = /[^\n\r\t\x20-\x7e]/;

// Scripts that spell words with joiners (Unicode Standard, section 23.2): Persian plurals, Indic conjuncts.
const JOINING = [
  ...['Arabic', 'Syriac', 'Nko', 'Mongolian', 'Mandaic', 'Hanifi_Rohingya', 'Adlam'],
  ...['Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada'],
  ...['Malayalam', 'Sinhala', 'Tibetan', 'Myanmar', 'Khmer', 'Balinese', 'Javanese', 'Brahmi'],
]
  .map((script) => String.raw`\p{Script_Extensions=${script}}`)
  .join('');

/** Characters that are visible, or change how the characters beside them look: one alternative each. */
const KEPT = [
  String.raw`[\t\n\r]`,
  // Format characters with a visible shape: signs before Arabic, Syriac and Kaithi numbers, and hieroglyphs.
  String.raw`[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}\u{13430}-\u{1343F}]`,
  String.raw`(?<=[${JOINING}])[\u200C\u200D](?=[${JOINING}])`,
  // Inside an emoji that is composed of several.
  String.raw`(?<=\p{Extended_Pictographic}\p{Emoji_Modifier}?\uFE0F?)\u200D(?=\p{Extended_Pictographic})`,
  // The one selector that changes how the character before it looks: emoji, keycaps, variants of Han and of signs.
  String.raw`(?<=\p{Extended_Pictographic})[\uFE0E\uFE0F]`,
  String.raw`(?<=[0-9#*])\uFE0F(?=\u20E3)`,
  String.raw`(?<=\p{Ideographic})[\uFE00-\uFE02\u{E0100}-\u{E01EF}]`,
  String.raw`(?<=[\p{Sm}\p{Script=Myanmar}])\uFE00`,
  String.raw`(?<=\p{Script=Mongolian})[\u180B-\u180D\u180F]`,
  // The flags of England, Scotland and Wales, the only recommended sequences of tags (UTS 51, annex C).
  String.raw`(?<=\u{1F3F4})\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}`,
  String.raw`(?<=\u{1F3F4})\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}`,
  String.raw`(?<=\u{1F3F4})\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}`,
];

const KEPT_OR_INVISIBLE = new RegExp(`(${KEPT.join('|')})|${INVISIBLE.source}`, 'gu');

/** Splits a text into its visible and its invisible characters. */
export function splitHidden(text: string): { readonly shown: string; readonly hidden: string } {
  if (!isInvisibleIn(text)) return { shown: text, hidden: '' };
  let hidden = '';
  const shown = text.replace(KEPT_OR_INVISIBLE, (found, kept: string | undefined) => {
    if (kept === undefined) hidden += found;
    return kept ?? '';
  });
  return { shown, hidden };
}

function isInvisibleIn(text: string): boolean {
  return UNUSUAL.test(text) && INVISIBLE.test(text);
}

/** An API as models see it. */
export interface ShownApi {
  readonly api: Api;
  readonly warnings: readonly Problem[];
  /** A fingerprint of the hidden text and its places; undefined when nothing is hidden. */
  readonly hidden?: string;
}

/** The places of hidden characters, and the characters. */
type Found = readonly [place: string, characters: string];

/**
 * Removes invisible characters from every text that models read, including the names and defaults of arguments.
 * `placeOf` returns a tool's place in the document.
 */
export function withoutHidden(api: Api, placeOf: (tool: Tool) => string): ShownApi {
  const warnings: Problem[] = [];
  const all: (readonly [subject: string, found: readonly Found[]])[] = [];
  const shown = <T extends object>(subject: string, place: string, texts: T): T => {
    if (isShown(texts)) return texts;
    const found: Found[] = [];
    const result = showObject(texts as Members, '', (text, at) => {
      const { shown: rest, hidden } = splitHidden(text);
      if (hidden !== '') found.push([at, hidden]);
      return rest;
    });
    if (found.length > 0) {
      warnings.push(hiddenText(place, found));
      all.push([subject, found]);
    }
    return result as T;
  };
  const { title, version, description } = api;
  const info = { title, version, ...(description !== undefined && { description }) };
  const result = {
    ...api,
    ...shown('', '#/info', info),
    tools: api.tools.map((tool) => ({
      ...tool,
      ...shown(tool.name, placeOf(tool), wordsOf(tool)),
    })),
  };
  return { api: result, warnings, ...(all.length > 0 && { hidden: fingerprint(all) }) };
}

/** The parts of a tool that are sent to models. */
function wordsOf({ title, description, inputSchema, fields, outputSchema }: Tool): Partial<Tool> {
  return {
    ...(title !== undefined && { title }),
    description,
    inputSchema,
    ...(fields !== undefined && { fields }),
    ...(outputSchema !== undefined && { outputSchema }),
  };
}

type Members = Readonly<Record<string, unknown>>;

function isShown(value: unknown): boolean {
  if (typeof value === 'string') return !isInvisibleIn(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isShown);
  return Object.entries(value).every(([key, member]) => isShown(key) && isShown(member));
}

/** Removes hidden characters from a text and records the place. */
type Show = (text: string, place: string) => string;

function showValue(value: unknown, place: string, show: Show): unknown {
  if (typeof value === 'string') return show(value, place);
  if (Array.isArray(value)) return value.map((item) => showValue(item, place, show));
  return typeof value === 'object' && value !== null
    ? showObject(value as Members, place, show)
    : value;
}

function showObject(value: Members, place: string, show: Show): Members {
  const isPatterns = place.endsWith('patternProperties');
  const members = Object.entries(value).map(([key, member]) => {
    const name = isPatterns ? showPattern(key, place, show) : show(key, place);
    const at = place === '' ? name : `${place}.${name}`;
    const isPattern = key === 'pattern' && typeof member === 'string';
    return [name, isPattern ? showPattern(member, at, show) : showValue(member, at, show)] as const;
  });
  // Of two names that look the same, the first one is kept.
  return Object.fromEntries(members.filter(([name], at) => at === firstOf(members, name)));
}

function firstOf(members: readonly (readonly [string, unknown])[], name: string): number {
  return members.findIndex(([other]) => other === name);
}

/** Removing a character would change the meaning of a pattern; an escape sequence makes it visible instead. */
function showPattern(pattern: string, place: string, show: Show): string {
  show(pattern, place);
  return pattern.replace(
    KEPT_OR_INVISIBLE,
    (found, kept: string | undefined) => kept ?? jsonEscape(found),
  );
}

/** Further places of one tool are only counted. */
const LISTED = 3;

function hiddenText(place: string, found: readonly Found[]): Problem {
  const places = [...new Set(found.map(([at]) => at))];
  const count = found.reduce((sum, [, characters]) => sum + Array.from(characters).length, 0);
  return {
    code: 'HIDDEN_TEXT',
    place,
    message: `Removed ${count} invisible ${count === 1 ? 'character' : 'characters'} that models would read, in ${someOf(places, LISTED)}.`,
    remedy:
      'Open the document in an editor that shows them. Remove them, or ask the author why they are there.',
  };
}

function fingerprint(all: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}
