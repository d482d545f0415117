import type { Finding } from '../change.js';
import { find, show, shown } from '../show.js';
import type { Pair, Rule } from './pair.js';

/** Changes of how a text is written. */
export const texts: Rule = {
  keywords: ['format', 'pattern', 'contentEncoding', 'contentMediaType'],
  compare: (pair) => [
    ...compareFormat(pair),
    ...comparePattern(pair),
    ...compareEncoding(pair, 'contentEncoding'),
    ...compareEncoding(pair, 'contentMediaType'),
  ],
};

/** Formats of which the second accepts everything that the first does. */
const WIDER = ['int32 int64', 'float double', 'uri uri-reference'];

function compareFormat(pair: Pair): Finding[] {
  const [had, has] = [pair.before['format'], pair.after['format']];
  if (has === undefined)
    return changed(pair, 'format', 'FORMAT_WIDENED', 'no longer needs a format');
  const widened =
    typeof had === 'string' && typeof has === 'string' && WIDER.includes(`${had} ${has}`);
  return changed(
    pair,
    'format',
    widened ? 'FORMAT_WIDENED' : 'FORMAT_CHANGED',
    `must now have the format ${show(has)}`,
  );
}

function comparePattern(pair: Pair): Finding[] {
  const has = pair.after['pattern'];
  return has === undefined
    ? changed(pair, 'pattern', 'PATTERN_DROPPED', 'no longer needs to match a pattern')
    : changed(pair, 'pattern', 'PATTERN_CHANGED', `must now match the pattern ${show(has)}`);
}

/** Base64 from existing callers would be misread as plain content, and vice versa. */
function compareEncoding(pair: Pair, keyword: string): Finding[] {
  const now = pair.after[keyword];
  const text =
    now === undefined ? `no longer has a ${keyword}` : `now has the ${keyword} ${show(now)}`;
  return changed(pair, keyword, 'ENCODING_CHANGED', text);
}

function changed(
  { before, after, place }: Pair,
  keyword: string,
  code: Finding['code'],
  text: string,
): Finding[] {
  const [had, has] = [before[keyword], after[keyword]];
  return had === has ? [] : [find(code, place, text, shown(had, has))];
}
