import { eastAsianWidth } from 'get-east-asian-width';

/** Emoji that take two columns: keycaps, and hands and people with or without a skin tone. */
const wideEmoji = /[#*0-9]\u20E3|\p{Emoji_Modifier_Base}\p{Emoji_Modifier}?/gu;

const withoutColumn = /[\p{Nonspacing_Mark}\p{Enclosing_Mark}]/gu;

/**
 * The number of columns that a printed text takes in an editor, as prettier counts them. Emoji joined by invisible
 * characters cannot occur, because those are printed as escapes.
 */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  const visible = text.replace(wideEmoji, '\u3000').replace(withoutColumn, '');
  let columns = 0;
  for (const character of visible) columns += eastAsianWidth(character.codePointAt(0) ?? 0);
  return columns;
}
