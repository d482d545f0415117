import { format as prettify, type BuiltInParserName } from 'prettier';

/** The style of generated projects; their package.json says the same to the user's own Prettier. */
const style = { singleQuote: true, printWidth: 100 } as const;

// Of the two that read TypeScript, the quicker one; on what is printed here they agree.
const parsers: Readonly<Record<string, BuiltInParserName>> = {
  ts: 'babel-ts',
  json: 'json',
  md: 'markdown',
  yaml: 'yaml',
  yml: 'yaml',
};

/** Formats the content of a file by its extension; what has no parser stays as it is. */
export async function format(path: string, content: string): Promise<string> {
  const parser = parsers[path.slice(path.lastIndexOf('.') + 1)];
  return parser === undefined ? content : prettify(content, { ...style, parser });
}
