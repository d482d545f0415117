import { splitHidden } from '../tools/hidden-text.js';

/** A path with parts in braces, which may contain braces themselves, as in `{id:[0-9]{4}}`. */
const EXPRESSION = /\{((?:[^{}]|\{[^{}]*\})+)\}/g;

/** A pair of braces around a slash, as in `{name=projects/*}`; or a segment, which may lack a brace or have one too many. */
const BRACED_OR_STRAY =
  /\{(?:[^{}/]|\{[^{}]*\})*\/(?:[^{}]|\{[^{}]*\})*\}|(?<=\/)(\{*)([\w-]+)(\}*)(?=\/|$)/g;

/** What a path defines about its parameters, in any notation. */
export interface PathTemplate {
  /** The path with only names in its braces. */
  readonly template: string;
  /** Names whose values are serialized differently: over several segments, or as matrix parameters. */
  readonly styles: ReadonlyMap<string, 'segments' | 'matrix'>;
  /** Parameters that belong to the query, with their names there. */
  readonly queries: ReadonlyMap<string, string>;
}

/** A parameter that is declared for a path. */
interface Declared {
  readonly name: string;
  readonly in: string;
}

/** The names in a path template, each once, in order. */
export function templateNames(path: string): string[] {
  return [...new Set([...path.matchAll(EXPRESSION)].map((match) => match[1] ?? ''))];
}

/**
 * Parses the notations found in real documents: patterns after a name (`{id:[0-9]+}`), the operators of RFC 6570
 * (`{+path}`, `{path*}`, `{?limit,offset}`), those of frameworks and gateways (`{proxy+}`, `{path:path}`, `{...path}`),
 * those of other languages and tools, and a query (`?q={q}`) of parameters that are declared for the
 * query. A parameter declared by the whole text in braces is kept, and names that differ only in case or separators
 * (`{petId}`, `pet_id`) are the same parameter.
 */
export function readTemplate(path: string, declared: readonly Declared[]): PathTemplate {
  const styles = new Map<string, 'segments' | 'matrix'>();
  const queries = new Map<string, string>();
  const isDeclared = (name: string) => declared.some((parameter) => parameter.name === name);
  const braced = withBraces(path, declared);
  const meant = nameReader(templateNames(braced), declared);
  const plain = braced.replace(EXPRESSION, (whole, text: string) => {
    const { operator, names } = readExpression(text, meant);
    if (isDeclared(text) || names.length === 0) {
      if (spans(text)) styles.set(text, 'segments');
      return whole;
    }
    if (operator === '?' || operator === '&') {
      for (const { name } of names) queries.set(name, name);
      return '';
    }
    for (const { name, isLong } of names) {
      if (isLong || LONG.has(operator)) styles.set(name, 'segments');
      else if (operator === ';') styles.set(name, 'matrix');
    }
    const separator = '/.'.includes(operator) ? operator : '';
    const between = operator === ';' ? '' : separator || ',';
    return separator + names.map(({ name }) => `{${name}}`).join(between);
  });
  return { template: withoutQueries(plain, declared, queries), styles, queries };
}

/**
 * A key of the paths without spaces around it and without invisible characters, which some authors add so that the same
 * key can be there twice. One with control characters is unchanged, so that it stands out. A first segment in words has
 * a slash in front, also where the document lacks it, so that patterns find it.
 */
export function visiblePath(key: string): string {
  const { shown, hidden } = splitHidden(key);
  const visible = (/\p{Cc}/u.test(hidden) ? key : shown).trim();
  return visible.replace(/^(?=[\w-]+(\/|$))/, '/');
}

/**
 * The path with all of its parameters in braces. Express and others write `:id` and `*rest` (only if they are declared;
 * Google's `:verb` never begins a segment), Next.js `[id]` and `[...rest]`, Flask `<int:id>`, Postman `{{id}}` and
 * `{{baseUrl}}` in front, code generators `${id}`, `#{id}` and `%7Bid%7D`. Of a declared parameter, one brace may be
 * missing. Rails adds an optional `(.:format)`, which is not sent. NestJS writes `{path}*`, and Elysia a `*` at
 * the end, declared by that name.
 */
function withBraces(path: string, declared: readonly Declared[]): string {
  const isInPath = (name: string) => declared.some((one) => one.in === 'path' && one.name === name);
  return path
    .replace(/^\{\{[^{}/]+\}\}(?=\/)/, '')
    .replace(/\{(\{[^{}]*\})\}/g, '$1')
    .replace(/\$(?=\{)|(?<=\/)#(?=\{)/g, '')
    .replace(/\}(?:\*|\(\.\*\))(?=\/|$)/g, '*}')
    .replace(/(?<=\/)\*$/, (star) => (isInPath(star) ? '{*}' : star))
    .replace(/\(\.(?::\w+|\{\w+\})\)$/, '')
    .replace(BRACED_OR_STRAY, (whole, ...[before = '', name = '', after = '']: string[]) =>
      before + after !== '' && isInPath(name) ? `{${name}}` : whole,
    )
    .replace(/%7b([^{}%/]+)%7d/gi, '{$1}')
    .replace(/<(?:(\w+):)?([\w-]+)>/g, (_, converter: string | undefined, name: string) =>
      converter === 'path' ? `{${name}:path}` : `{${name}}`,
    )
    .replace(
      /(?<=\/)(?::|(\*))([\w-]+)(?=\/|$)/g,
      (whole, star: string | undefined, name: string) =>
        isInPath(name) ? `{${star ?? ''}${name}}` : whole,
    )
    .replace(/\[(\.{3})?([\w-]+)\]/g, (whole, rest: string | undefined, name: string) =>
      isInPath(name) ? `{${rest === undefined ? '' : '*'}${name}}` : whole,
    );
}

/** The declared name that a name of the template means: they may differ in case and separators. */
function nameReader(written: readonly string[], declared: readonly Declared[]) {
  const spelled = (name: string) => name.toLowerCase().replace(/[-_. ]/g, '');
  const unplaced = declared.filter((one) => one.in === 'path' && !written.includes(one.name));
  return (name: string): string => {
    if (declared.some((one) => one.in === 'path' && one.name === name)) return name;
    const [only, ...others] = unplaced.filter((one) => spelled(one.name) === spelled(name));
    return only !== undefined && others.length === 0 ? only.name : name;
  };
}

/** Operators before a name that allow slashes in its value. */
const LONG = new Set(['+', '#', '*', '**', '...']);

interface Expression {
  readonly operator: string;
  readonly names: readonly { readonly name: string; readonly isLong: boolean }[];
}

function readExpression(text: string, meant: (name: string) => string): Expression {
  const [operator = ''] = /^(?:\*\*?|\.{3}|[+#./;?&])/.exec(text) ?? [];
  const rest = text.slice(operator.length);
  const listed = rest.split(',');
  // A comma in a pattern (`{id:[0-9]{2,4}}`) does not separate names.
  const parts = listed.every((part) => /^[^:=]+(?::\d{1,4})?[*+]?$/.test(part)) ? listed : [rest];
  const names = parts.map((part) => {
    const name = part.replace(/[:=].*$/s, '').replace(/[*+?]+$|\.{3}$/, '');
    return { name: meant(name), isLong: spans(part) };
  });
  return { operator, names: names.filter(({ name }) => name.trim() !== '') };
}

/** Whether the text in braces allows slashes in the value. */
function spans(text: string): boolean {
  const [, name = '', pattern = ''] = /^([^:=]*)(?:[:=](.*))?$/s.exec(text) ?? [];
  return /^[+*]|[+*]$|\.{3}$/.test(name) || pattern === 'path' || /\.[*+]|\*\*|\//.test(pattern);
}

/** Removes pairs of the query that are query parameters themselves, and records them. */
function withoutQueries(
  template: string,
  declared: readonly Declared[],
  queries: Map<string, string>,
): string {
  const [, path = '', query, fragment = ''] =
    /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(template) ?? [];
  if (query === undefined) return template;
  const isQuery = (name: string) =>
    declared.some((parameter) => parameter.name === name && parameter.in === 'query');
  const kept = query.split('&').filter((pair) => {
    const [, key = '', name = ''] = /^([^={}]+)=\{([^{}]+)\}$/.exec(pair) ?? [];
    if (name !== '' && isQuery(name)) queries.set(name, key);
    return pair !== '' && !queries.has(name);
  });
  return path + (kept.length > 0 ? `?${kept.join('&')}` : '') + fragment;
}
