import type { Api } from './api.js';
import { parseJson, urlFault } from './http.js';
import { nearest } from './nearest.js';
import type { ProxySettings } from './outgoing.js';
import { readText } from './platform.js';
import { documentVariables, isNumbered, namesIn, variables } from './variables.js';
import type { NameOf, Variable, VariableName } from './variables.js';

const QUOTED =
  'must not be in quotes, which `docker run --env-file` and Kubernetes do not remove; a secret that has quotes can come from a file (_FILE)';

/** Variables as `process.env` holds them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A variable of the table, or an additional one: for a key or server variable of the document, or for a list. */
type Named = VariableName | { readonly variable: string; readonly example?: string };

type ValueOf<N extends NameOf<'enum'>> = (typeof variables)[N]['values'][number];

/** The settings are wrong or incomplete; the message has one line per variable, ready to print. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads typed values from environment variables and collects their problems, so that a start fails only once, with all
 * variables to fix in one message. An empty variable counts as unset.
 */
export class Environment {
  readonly #values: Variables;
  readonly #problems = new Set<string>();

  constructor(values: Variables) {
    this.#values = values;
  }

  /** The names of all variables that are set. */
  names(): string[] {
    return Object.keys(this.#values).filter((name) => this.#text(name) !== undefined);
  }

  text(variable: Named): string | undefined {
    const text = this.#text(nameOf(variable));
    const [, , inner] = /^(["'`])(.*)\1$/s.exec(text ?? '') ?? [];
    if (inner === undefined) return text;
    this.refuse(nameOf(variable), QUOTED);
    return inner;
  }

  /** The value, or a problem and an empty string. */
  required(name: VariableName, purpose: string): string {
    const isSecret = variables[name].kind === 'secret';
    const text = isSecret ? this.secret(name as NameOf<'secret'>) : this.text(name);
    if (text === undefined) this.problem(name, purpose);
    return text ?? '';
  }

  /** The value, or the content of the file that `<NAME>_FILE` names, as Docker and Kubernetes provide secrets. */
  secret(variable: NameOf<'secret' | 'json'> | Exclude<Named, string>): string | undefined {
    const name = nameOf(variable);
    const file = `${name}_FILE`;
    const [value, path] = [this.text(variable), this.#text(file)];
    // Left from an example, or from a tool that should have replaced it.
    if (/^(<[^<>]*>|\$\{[^{}]*\})$/.test(value ?? ''))
      this.problem(variable, 'must not be a placeholder');
    if (path === undefined) return value;
    if (value !== undefined) this.refuse(file, `must not be set together with ${name}`);
    // Editors add a byte order mark and a final newline that are not part of the secret.
    const content = this.#content(file, path, '/run/secrets/name')?.replace(/^\ufeff|\r?\n$/g, '');
    if (content === '') this.refuse(file, 'must name a non-empty file');
    return content;
  }

  /** Items separated by spaces or commas, or a list in JSON; `fault` returns the problem of an item. */
  list(
    name: NameOf<'list'> | Exclude<Named, string>,
    fault?: (item: string) => string | undefined,
  ): string[] | undefined {
    const text = this.text(name);
    const list = text?.startsWith('[') === true ? parseJson(text) : undefined;
    const parts: unknown[] | undefined = Array.isArray(list) ? list : text?.split(/[\s,]+/);
    const texts = parts?.filter((item) => typeof item === 'string').map((item) => item.trim());
    if (texts?.length !== parts?.length) this.problem(name, 'must be a list of strings');
    const items = texts?.filter((item) => item !== '');
    if (items?.length === 0) this.problem(name, 'must name at least one');
    const found = fault && items?.map(fault).find(Boolean);
    if (found !== undefined) this.problem(name, found);
    return items;
  }

  /** An `https` URL; an `http` URL only of a loopback address, unless `OAUTH_ALLOW_HTTP` is set. */
  url(name: NameOf<'url'> | Exclude<Named, string>): string | undefined {
    const url = this.text(name);
    const fault = url && urlFault(url, { query: true, http: this.boolean('OAUTH_ALLOW_HTTP') });
    if (fault !== undefined) this.problem(name, fault);
    return url;
  }

  /** The content of the file that a variable names. */
  file(name: NameOf<'file'>): string | undefined {
    const path = this.text(name);
    return path === undefined ? undefined : this.#content(name, path, variables[name].example);
  }

  integer(name: NameOf<'integer'>): number {
    const { default: fallback, range } = variables[name];
    const [min, max] = range;
    const text = this.text(name) ?? String(fallback);
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    this.problem(name, `must be a whole number from ${min} to ${max}`);
    return fallback;
  }

  boolean(name: NameOf<'boolean'>): boolean {
    const text = this.text(name) ?? String(variables[name].default);
    if (text !== 'true' && text !== 'false') this.problem(name, 'must be true or false', 'true');
    return text === 'true';
  }

  oneOf<const N extends NameOf<'enum'>>(name: N): ValueOf<N> | undefined {
    const text = this.text(name);
    const { values } = variables[name];
    const found = values.find((value) => value === text);
    if (text !== undefined && found === undefined)
      this.problem(name, `must be one of ${values.join(', ')}`, values[0]);
    return found;
  }

  /** Whether a variable already has a problem. */
  hasProblem(variable: Named): boolean {
    return [...this.#problems].some((problem) => problem.startsWith(`${nameOf(variable)} `));
  }

  /** Records that a variable must change; `message` states its purpose or its problem. */
  problem(variable: Named, message: string, example = exampleOf(variable)): void {
    const name = nameOf(variable);
    this.refuse(name, `${message}, for example ${name}=${example}`);
  }

  /** Records that a variable must not have its value, if an example would not help. */
  refuse(name: string, message: string): void {
    this.#problems.add(`${name} ${message}`);
  }

  /** Adds the problems of another reading. */
  adopt(other: Environment): void {
    for (const problem of other.#problems) this.#problems.add(problem);
  }

  /** Call after the last read. Values are never part of the message: a secret may be in the wrong variable. */
  throwProblems(): void {
    if (this.#problems.size > 0) throw new SettingsError([...this.#problems].join('\n'));
  }

  #text(name: string): string | undefined {
    const value = this.#values[name]?.trim();
    return value === '' ? undefined : value;
  }

  #content(name: string, path: string, example: string): string | undefined {
    try {
      return readText(path);
    } catch (error) {
      const fault = `must name a readable file (${(error as NodeJS.ErrnoException).code})`;
      this.refuse(name, `${fault}, for example ${name}=${example}`);
      return undefined;
    }
  }
}

function nameOf(variable: Named): string {
  return typeof variable === 'string' ? variable : variable.variable;
}

function exampleOf(variable: Named): string {
  if (typeof variable !== 'string') return variable.example ?? 'k-1234567890';
  const { example, default: fallback, values = [] }: Variable = variables[variable];
  return example ?? String(fallback ?? values[0]);
}

/**
 * A sentence for each variable with one of our prefixes that no reader uses. A typo must not go unnoticed, but it
 * must not stop the start either: for a Service called oauth, Kubernetes sets `OAUTH_PORT`.
 */
export function unknownVariables(api: Api, env: Environment): string[] {
  const known = [variables, documentVariables(api)].flatMap(namesIn);
  const ours = env.names().filter((name) => /^(MCP|OAUTH|UPSTREAM)_/.test(name));
  const isKnown = (name: string) => known.includes(name) || isNumbered(name);
  const unknown = ours.filter((name) => !isKnown(name)).sort();
  return unknown.map((name) => {
    const near = nearest(name, known);
    return `${name} is not a variable of this server${near === undefined ? '' : `; did you mean ${near}?`}`;
  });
}

/** Reads the proxy variables that most programs use, in upper or lower case. */
export function readProxySettings(env: Environment): ProxySettings {
  const read = (name: 'HTTP_PROXY' | 'HTTPS_PROXY' | 'NO_PROXY') =>
    env.text(name) ?? env.text({ variable: name.toLowerCase() });
  const [http, https] = (['HTTP_PROXY', 'HTTPS_PROXY'] as const).map((name) => {
    const url = read(name);
    if (url === undefined || isProxyUrl(url)) return url;
    env.problem(name, 'must be the http or https URL of a proxy');
    return undefined;
  });
  return { http, https, direct: read('NO_PROXY') };
}

/** Whether a text is the http or https URL of a proxy. */
export function isProxyUrl(text: string): boolean {
  try {
    const { username, password } = new URL(text);
    // They are decoded before they are sent to the proxy.
    decodeURIComponent(username + password);
    return /^https?:\/\//i.test(text);
  } catch {
    return false;
  }
}
