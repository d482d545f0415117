/** A path with what stands in braces; braces may stand inside them, as in `{id:[0-9]{4}}`. */
const EXPRESSION = /\{((?:[^{}]|\{[^{}]*\})+)\}/g;

/** The names in a path template, each once, in their order. */
export function templateNames(path: string): string[] {
  return [...new Set([...path.matchAll(EXPRESSION)].map((match) => match[1] ?? ''))];
}

/**
 * The template with nothing but names in its braces: some frameworks write a pattern behind them (`{id:[0-9]+}`),
 * and RFC 6570 has operators (`{+path}`, `{path*}`). What is declared by its whole text stays.
 */
export function plainTemplate(path: string, declared: ReadonlySet<string>): string {
  return path.replace(EXPRESSION, (whole, text: string) => {
    const name = text.replace(/^[+#./;?&]/, '').replace(/[:=*].*$/s, '');
    return declared.has(text) || name.trim() === '' ? whole : `{${name}}`;
  });
}
