import type { Api, ServerVariable } from '../api.js';
import type { Environment } from '../environment.js';

/** Where requests to the API go. */
export interface Servers {
  /** Absolute, http or https, without query, fragment or user info. */
  readonly baseUrl: string;
  /**
   * Whether operations may name servers of their own. Not when the operator chose another base URL than the
   * document's: the credentials of a staging system must not reach the production's other servers.
   */
  readonly ownServers: boolean;
  /** What stands for each `{name}` in the servers that operations name. */
  readonly serverValues: Readonly<Record<string, string>>;
}

type Values = Servers['serverValues'];

/** What is wrong with a variable, and an example of it; of several faults the first is enough. */
type Faults = Map<string, { readonly fault: string; readonly example: string }>;

const example = 'https://api.example.com/v1';

/** Reads where the API is and records in `env` what is wrong with it. */
export function readServers(api: Api, env: Environment): Servers {
  const faults: Faults = new Map();
  const serverValues = readValues(api, env, faults);
  const chosen = env.text('UPSTREAM_BASE_URL');
  const documented = api.baseUrl && fillServer(api.baseUrl, serverValues);
  const ownServers =
    documented !== undefined && (chosen === undefined || isSame(chosen, documented));
  if (chosen !== undefined || api.baseUrl === undefined) checkChosen(chosen, faults);
  else checkFilled(api, env, api.baseUrl, serverValues, faults);
  const others = ownServers ? api.tools.flatMap(({ request }) => request.server ?? []) : [];
  for (const server of new Set(others)) checkFilled(api, env, server, serverValues, faults);
  for (const [variable, found] of faults) env.problem(variable, found.fault, found.example);
  return { baseUrl: chosen ?? documented ?? '', ownServers, serverValues };
}

/** The URL with its server variables' values; what has none stays as it is. */
export function fillServer(template: string, values: Values): string {
  return template.replace(/\{([^{}]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}

function readValues({ serverVariables = {} }: Api, env: Environment, faults: Faults): Values {
  const entries = Object.entries(serverVariables).flatMap(([name, variable]) => {
    const chosen = env.text(variable.variable);
    const fault = chosen === undefined ? undefined : valueFault(chosen, variable);
    if (fault !== undefined) report(faults, variable, fault);
    const value = chosen ?? variable.default;
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

function valueFault(value: string, { default: usual, values }: ServerVariable): string | undefined {
  if (values !== undefined && !values.includes(value))
    return `must be one of ${values.map(printable).join(', ')}`;
  // Behind a host and without its slash, it would become a part of the host's name.
  const slash = usual?.startsWith('/') === true && !value.startsWith('/');
  return slash ? 'must begin with a slash' : undefined;
}

function report(faults: Faults, variable: ServerVariable, fault: string): void {
  if (faults.has(variable.variable)) return;
  const usual = variable.default ?? variable.values?.[0] ?? 'example';
  faults.set(variable.variable, { fault, example: printable(usual) });
}

/** A text of the document: it must not move the cursor of whoever reads why the server did not start. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
}

function checkChosen(chosen: string | undefined, faults: Faults): void {
  const fault =
    chosen === undefined
      ? 'must be set to the base URL of the API, because its document names none'
      : baseUrlFault(chosen);
  if (fault !== undefined) faults.set('UPSTREAM_BASE_URL', { fault, example });
}

/** Says of a server of the document which of its variables is missing, or keeps it from being a URL. */
function checkFilled(
  { serverVariables = {} }: Api,
  env: Environment,
  template: string,
  values: Values,
  faults: Faults,
): void {
  const used = Object.entries(serverVariables).filter(([name]) => template.includes(`{${name}}`));
  const missing = used.filter(([name]) => !Object.hasOwn(values, name));
  for (const [, variable] of missing)
    report(faults, variable, "must be set: it is a part of the API's URL");
  const fault = baseUrlFault(fillServer(template, values));
  if (missing.length > 0 || fault === undefined) return;
  const chosen = used.filter(([, { variable }]) => env.text(variable) !== undefined);
  for (const [, variable] of chosen)
    report(faults, variable, `must fit into the API's URL, which ${fault}`);
  if (chosen.length === 0) faults.set('UPSTREAM_BASE_URL', { fault, example });
}

function baseUrlFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The parser takes braces; they are what is left of a server variable.
  if (url === undefined || !/^https?:\/\/[^{}]*$/i.test(text)) {
    return 'must be an absolute http or https URL';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not contain credentials; UPSTREAM_USERNAME and UPSTREAM_PASSWORD are for them';
  }
  return /[?#]/.test(text) ? 'must not have a query or a fragment' : undefined;
}

/** Whether both are the same place, however they are spelled. */
function isSame(a: string, b: string): boolean {
  if (!URL.canParse(a) || !URL.canParse(b)) return false;
  const place = (text: string): string => new URL(text).href.replace(/\/+$/, '');
  return place(a) === place(b);
}
