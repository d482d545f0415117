import { object, type Json, type JsonObject } from '../../json.js';

/** What is known about the value that a text describes. */
export interface Described {
  readonly schema?: JsonObject;
  /** Whether the value is required; absent if unknown. */
  readonly isRequired?: boolean | undefined;
}

/**
 * A description for models: without HTML tags, link targets, and sentences that only repeat the
 * schema, such as `Default: 10.` Code is not changed.
 */
export function leanText(text: string, described: Described = {}): string {
  const plain = /[<[*]/.test(text) ? outsideCode(withoutTags(text), withoutLinks) : text;
  const short = MAY_REPEAT.test(plain) ? withoutRepetitions(plain, described) : plain;
  return /\s\s|^\s|\s$/.test(short) ? outsideCode(short.trim(), withoutGaps) : short;
}

/** Code spans, code blocks, and the samples of XML that a plan writes. */
const CODE = /(```[^]*?```|`[^`\n]*`|(?<=like this:\n)<[^]*?(?=\n\n|$))/;

/** Rewrites everything except code (CommonMark). */
function outsideCode(text: string, rewrite: (part: string) => string): string {
  if (!/`|like this:\n</.test(text)) return rewrite(text);
  return text
    .split(CODE)
    .map((part, index) => (index % 2 === 1 ? part : rewrite(part)))
    .join('');
}

const TAG = /<(\/?)(p|br|li|ul|ol|b|i|em|strong|span|div|code|tt|a|h[1-6])(\s[^<>]{0,500})?\/?>/gi;
const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
  '&amp;': '&',
};

/** Removes tags if the text is HTML: without a closing tag, `<b>` in `/v1/<b>` is a placeholder. */
function withoutTags(text: string): string {
  if (!/<\/[a-z]|<br/i.test(text)) return text;
  const closed = new Set(
    [...text.matchAll(TAG)].flatMap(([, slash, name = '']) => (slash ? [name.toLowerCase()] : [])),
  );
  const plain = outsideCode(text, (part) =>
    part.replace(TAG, (tag, slash: string, name: string) => {
      const kind = name.toLowerCase();
      // The end of a list may be missing because the text was shortened.
      return /^(?:br|ul|ol)$/.test(kind) || closed.has(kind) ? inPlaceOf(kind, slash !== '') : tag;
    }),
  );
  return plain
    .replace(/(?<!\s)\s*\n- \s*/g, '\n- ')
    .replace(/&(?:lt|gt|quot|#39|nbsp|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

function inPlaceOf(name: string, isEnd: boolean): string {
  if (name === 'code' || name === 'tt') return '`';
  if (name === 'br') return '\n';
  if (name === 'li') return isEnd ? '' : '\n- ';
  return /^(?:p|div|ul|ol|h\d)$/.test(name) ? '\n\n' : '';
}

// In a regular expression such as `[a-z]([0-9])`, the part after the brackets is not a link target.
const LINK =
  /!?\[([^[\]\n]{1,300})\]\((?:https?:\/|mailto:|ref:|doc:|[/#.\w])[^()[\]{}^$\\\s]{0,1000}(?: "[^"\n]{0,300}")?\)/g;
/** The text of links that do not name their target. */
const NAMELESS = /^(?:here|this|link|see|docs?|documentation|more|learn more|read more)$/i;

/** Replaces links by their texts, except web links whose text does not name the target. */
function withoutLinks(text: string): string {
  const plain = text.replace(LINK, (link, name: string) =>
    NAMELESS.test(name.trim()) && link.includes('](http') ? link : name,
  );
  return plain.replace(/\*\*([^*\s](?:[^*\n]{0,200}[^*\s])?)\*\*/g, '$1');
}

/** Removes repeated spaces inside lines, spaces at their ends, and repeated empty lines. */
function withoutGaps(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/(?<=[^\s|])[ \t]{2,}(?=[^\s|])/g, ' ')
    .replace(/(?<![ \t])[ \t]+(?=\n)/g, '')
    .replace(/\n{3,}/g, '\n\n');
}

const MAY_REPEAT =
  /default|optional|required|mandatory|one of|either|max|min|(?:possible|allowed|valid|supported) /i;

/** Removes sentences, lines and parentheses that only repeat the schema. */
function withoutRepetitions(text: string, described: Described): string {
  const kept = text.replace(/ ?\(([^()\n]{1,200})\)/g, (whole, inner: string) =>
    repeatsSchema(inner, described) ? '' : whole,
  );
  const [first = '', ...rest] = kept.split(/((?<=[.!?])[ \t]+|\n+)/);
  let result = repeatsSchema(first, described) ? '' : first;
  for (let index = 0; index < rest.length; index += 2) {
    const [gap = '', sentence = ''] = rest.slice(index, index + 2);
    if (!repeatsSchema(sentence, described)) result += (result === '' ? '' : gap) + sentence;
  }
  return result;
}

/** Sentence patterns, each with a test whether the schema says the same. */
const FORMS: readonly [RegExp, (stated: string, described: Described) => boolean][] = [
  [
    /^(?:required|mandatory|this (?:field|parameter) is required)$/i,
    (_, { isRequired }) => isRequired === true,
  ],
  [
    /^(?:optional|this (?:field|parameter) is optional)$/i,
    (_, { isRequired }) => isRequired === false,
  ],
  [
    /^(?:the |by )?default(?:s| value)?(?: is| to|:| =)* (.+)$/i,
    (stated, { schema }) => isValue(stated, schema?.['default']),
  ],
  [
    /^(?:possible|allowed|valid|supported) (?:values?|options)(?: are| is| include|:)* (.+)$/i,
    isList,
  ],
  [/^(?:(?:must|can|may) be )?(?:one of|either)(?: the following)?(?: values)?:? (.+)$/i, isList],
  [
    /^(?:the )?max(?:imum)?(?: value| of|:| is)* (\S+)$/i,
    (stated, { schema }) => isValue(stated, schema?.['maximum']),
  ],
  [
    /^(?:the )?min(?:imum)?(?: value| of|:| is)* (\S+)$/i,
    (stated, { schema }) => isValue(stated, schema?.['minimum']),
  ],
  [
    /^max(?:imum)? length(?: of|:| is)* (\S+)(?: characters)?$/i,
    (stated, { schema }) => isValue(stated, schema?.['maxLength']),
  ],
  [
    /^min(?:imum)? length(?: of|:| is)* (\S+)(?: characters)?$/i,
    (stated, { schema }) => isValue(stated, schema?.['minLength']),
  ],
];

function repeatsSchema(sentence: string, described: Described): boolean {
  const text = sentence.trim().replace(/[.;:,]+$/, '');
  if (text.length > 300 || !MAY_REPEAT.test(text)) return false;
  return FORMS.some(([form, agrees]) => {
    const [whole, stated = ''] = form.exec(text) ?? [];
    return whole !== undefined && agrees(stated, described);
  });
}

function isValue(stated: string, value: Json | undefined): boolean {
  return typeof value !== 'object' && value !== undefined && bare(stated) === String(value);
}

/** Whether a text lists exactly the values that the schema lists. */
function isList(stated: string, { schema }: Described): boolean {
  const values = schema?.['enum'] ?? object(schema?.['items'])['enum'];
  if (!Array.isArray(values)) return false;
  const named = new Set(
    stated.split(/\s*,\s*(?:(?:or|and) )?|\s+(?:or|and)\s+|\s*\|\s*/).map(bare),
  );
  const listed = new Set(values.map(String));
  return named.size === listed.size && [...named].every((name) => listed.has(name));
}

function bare(text: string): string {
  return text.trim().replace(/^["'`*]+|["'`*.]+$/g, '');
}

const SMALL_WORDS = new Set('a an the of for to this that is value'.split(' '));

/** Whether all words of a text are in the names: `The ID of the pet.` repeats `petId`. */
export function repeatsName(text: string, ...names: readonly string[]): boolean {
  if (text.length > 100) return false;
  const letters = names.join(' ').toLowerCase();
  // Most texts add to the name, and for most of those the last word shows it.
  const [, last] = LAST_WORD.exec(text.slice(text.lastIndexOf(' ') + 1)) ?? [];
  if (last !== undefined && !letters.includes(last) && !SMALL_WORDS.has(last)) return false;
  const words = wordsOf(text).filter((word) => !SMALL_WORDS.has(word));
  if (words.length === 0 && /\p{S}/u.test(text)) return false;
  if (!words.every((word) => letters.includes(word))) return false;
  const known = new Set(names.flatMap(wordsOf));
  return words.every((word) => known.has(word));
}

/** A plain word, without its plural. */
const LAST_WORD = /^([a-z]{2,}?)s?[.!:]?$/;

function wordsOf(text: string): string[] {
  const apart = text.replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').toLowerCase();
  return (apart.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/(?<=..)s$/, ''));
}
