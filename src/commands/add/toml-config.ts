import { parse, stringify } from 'smol-toml';
import type { ConfigFormat } from './config.js';

/** TOML; everything but the entry stays the same. An entry is a separate table at the end of the file. */
export const tomlConfig: ConfigFormat = {
  read: (text) => parse(text),
  set(text, [key = '', name = ''], value) {
    const eol = text.includes('\r\n') ? '\r\n' : '\n';
    const end = text === '' || text.endsWith('\n') ? '' : eol;
    const gap = text.trim() === '' ? '' : eol;
    const table = stringify({ [key]: { [name]: value } }).trim();
    return `${text}${end}${gap}${table.replaceAll('\n', eol)}${eol}`;
  },
  remove(text, [key = '', name = '']) {
    let isOwn = false;
    const kept = text.split(/(?<=\n)/).filter((line) => {
      const header = headerOf(line);
      if (header !== undefined)
        isOwn = header === `${key}.${name}` || header.startsWith(`${key}.${name}.`);
      return !isOwn;
    });
    return kept.join('');
  },
};

/** The name of the table that a line opens, without quotes around its parts. */
function headerOf(line: string): string | undefined {
  return /^\s*\[\[?([^\]]+)\]/.exec(line)?.[1]?.replace(/["'\s]/g, '');
}
