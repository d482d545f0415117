import type { Finding } from '../change.js';
import { show, subject } from '../show.js';
import type { Pair, Rule } from './pair.js';

/** What a change of how a text is written means. */
export const texts: Rule = {
  keywords: ['format', 'pattern', 'contentEncoding', 'contentMediaType'],
  compare: (pair) => [
    ...compareFormat(pair),
    ...comparePattern(pair),
    ...compareEncoding(pair, 'contentEncoding'),
    ...compareEncoding(pair, 'contentMediaType'),
  ],
};

/** Formats of which the second takes whatever the first does. */
const WIDER = ['int32 int64', 'float double', 'uri uri-reference'];

function compareFormat(pair: Pair): Finding[] {
  const [had, has] = [pair.before['format'], pair.after['format']];
  if (has === undefined) return find(pair, 'format', 'FORMAT_WIDENED', 'needs no format any more');
  const widened =
    typeof had === 'string' && typeof has === 'string' && WIDER.includes(`${had} ${has}`);
  return find(
    pair,
    'format',
    widened ? 'FORMAT_WIDENED' : 'FORMAT_CHANGED',
    `must have the format ${show(has)} now`,
  );
}

function comparePattern(pair: Pair): Finding[] {
  const has = pair.after['pattern'];
  return has === undefined
    ? find(pair, 'pattern', 'PATTERN_DROPPED', 'needs to match no pattern any more')
    : find(pair, 'pattern', 'PATTERN_CHANGED', `must match the pattern ${show(has)} now`);
}

/** Whoever has written base64 so far is misunderstood when it is taken as it is, and the other way round. */
function compareEncoding(pair: Pair, keyword: string): Finding[] {
  const now = pair.after[keyword];
  const text =
    now === undefined ? `has no ${keyword} any more` : `has the ${keyword} ${show(now)} now`;
  return find(pair, keyword, 'ENCODING_CHANGED', text);
}

function find(
  { before, after, place }: Pair,
  keyword: string,
  code: Finding['code'],
  text: string,
): Finding[] {
  const [had, has] = [before[keyword], after[keyword]];
  if (had === has) return [];
  return [
    {
      code,
      place,
      message: `${subject(place)} ${text}.`,
      ...(had !== undefined && { before: show(had) }),
      ...(has !== undefined && { after: show(has) }),
    },
  ];
}
