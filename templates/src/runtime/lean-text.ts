import { isObject, type Json, type JsonObject } from './api.js';

/** What is known of the value that a text describes. */
export interface Described {
  readonly schema?: JsonObject;
  /** Whether the value must be there; absent: that is not known. */
  readonly isRequired?: boolean | undefined;
}

/**
 * A description as models read it: without the tags of HTML, the targets of links, and sentences that only repeat the
 * schema, such as `Default: 10.` Code stays as it is.
 */
export function leanText(text: string, described: Described = {}): string {
  const plain = /[<[*]/.test(text) ? outsideCode(withoutTags(text), withoutLinks) : text;
  const short = MAY_REPEAT.test(plain) ? withoutRepetitions(plain, described) : plain;
  return /\s\s|^\s|\s$/.test(short) ? outsideCode(short.trim(), withoutGaps) : short;
}

const CODE = /(```[^]*?```|`[^`\n]*`)/;

/** Rewrites what is neither a code span nor a block of code (CommonMark). */
function outsideCode(text: string, rewrite: (part: string) => string): string {
  if (!text.includes('`')) return rewrite(text);
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

/** Tags of a text that is HTML: one that closes none, `<b>` in `/v1/<b>`, is a placeholder. */
function withoutTags(text: string): string {
  if (!/<\/[a-z]|<br/i.test(text)) return text;
  const closed = new Set(
    [...text.matchAll(TAG)].flatMap(([, slash, name = '']) => (slash ? [name.toLowerCase()] : [])),
  );
  const plain = outsideCode(text, (part) =>
    part.replace(TAG, (tag, slash: string, name: string) => {
      const kind = name.toLowerCase();
      return kind === 'br' || closed.has(kind) ? inPlaceOf(kind, slash !== '') : tag;
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

// What follows the brackets of a regular expression, `[a-z]([0-9])`, is not the target of a link.
const LINK =
  /!?\[([^[\]\n]{1,300})\]\((?:https?:\/|mailto:|ref:|doc:|[/#.\w])[^()[\]{}^$\\\s]{0,1000}(?: "[^"\n]{0,300}")?\)/g;
/** What a link says that has no name of its own. */
const NAMELESS = /^(?:here|this|link|see|docs?|documentation|more|learn more|read more)$/i;

/** Links as their texts; a link to a page of the web that its text does not name stays. */
function withoutLinks(text: string): string {
  const plain = text.replace(LINK, (link, name: string) =>
    NAMELESS.test(name.trim()) && link.includes('](http') ? link : name,
  );
  return plain.replace(/\*\*([^*\s](?:[^*\n]{0,200}[^*\s])?)\*\*/g, '$1');
}

/** Runs of spaces inside of lines, spaces at their ends, and more than one empty line. */
function withoutGaps(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/(?<=[^\s|])[ \t]{2,}(?=[^\s|])/g, ' ')
    .replace(/(?<![ \t])[ \t]+(?=\n)/g, '')
    .replace(/\n{3,}/g, '\n\n');
}

const MAY_REPEAT =
  /default|optional|required|mandatory|one of|either|max|min|(?:possible|allowed|valid|supported) /i;

/** Without sentences, lines and brackets that say what the schema says. */
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

/** Forms of sentences, and whether a schema says the same as one of them does. */
const FORMS: readonly [RegExp, (said: string, described: Described) => boolean][] = [
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
    (said, { schema }) => isValue(said, schema?.['default']),
  ],
  [
    /^(?:possible|allowed|valid|supported) (?:values?|options)(?: are| is| include|:)* (.+)$/i,
    isList,
  ],
  [/^(?:(?:must|can|may) be )?(?:one of|either)(?: the following)?(?: values)?:? (.+)$/i, isList],
  [
    /^(?:the )?max(?:imum)?(?: value| of|:| is)* (\S+)$/i,
    (said, { schema }) => isValue(said, schema?.['maximum']),
  ],
  [
    /^(?:the )?min(?:imum)?(?: value| of|:| is)* (\S+)$/i,
    (said, { schema }) => isValue(said, schema?.['minimum']),
  ],
  [
    /^max(?:imum)? length(?: of|:| is)* (\S+)(?: characters)?$/i,
    (said, { schema }) => isValue(said, schema?.['maxLength']),
  ],
  [
    /^min(?:imum)? length(?: of|:| is)* (\S+)(?: characters)?$/i,
    (said, { schema }) => isValue(said, schema?.['minLength']),
  ],
];

function repeatsSchema(sentence: string, described: Described): boolean {
  const text = sentence.trim().replace(/[.;:,]+$/, '');
  if (text.length > 300 || !MAY_REPEAT.test(text)) return false;
  return FORMS.some(([form, isSaid]) => {
    const [whole, said = ''] = form.exec(text) ?? [];
    return whole !== undefined && isSaid(said, described);
  });
}

function isValue(said: string, value: Json | undefined): boolean {
  return typeof value !== 'object' && value !== undefined && bare(said) === String(value);
}

/** All of the values that the schema lists, and no other ones. */
function isList(said: string, { schema }: Described): boolean {
  const items = schema?.['items'];
  const values =
    schema?.['enum'] ?? (isObject(items ?? null) ? (items as JsonObject)['enum'] : undefined);
  if (!Array.isArray(values)) return false;
  const named = new Set(said.split(/\s*,\s*(?:(?:or|and) )?|\s+(?:or|and)\s+|\s*\|\s*/).map(bare));
  const listed = new Set(values.map(String));
  return named.size === listed.size && [...named].every((name) => listed.has(name));
}

function bare(text: string): string {
  return text.trim().replace(/^["'`*]+|["'`*.]+$/g, '');
}
