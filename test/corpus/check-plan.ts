import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import type { Problem } from '../../src/errors.js';
import type { Plan } from '../../src/plan/types.js';
import { estimateTokens } from '../../src/plan/tools/tokens.js';
import { listTool } from '../../templates/src/runtime/listing.js';
import { danglingReferences } from './references.js';
import type { Source, SourceOperation } from './source.js';

type Tool = Plan['api']['tools'][number];

// What model APIs accept as an argument's name.
const LEGAL_KEY = /^[a-zA-Z0-9_.-]{1,64}$/;

/** The reasons for which operations of the document became no tool, with their number; and those without a reason. */
export function leftOut(
  source: Source,
  plan: Plan,
): { reasons: Record<string, number>; failures: string[] } {
  const tools = new Set(plan.api.tools.map(({ request }) => key(request)));
  const missing = source.operations.filter((operation) => !tools.has(key(operation)));
  const reasons: Record<string, number> = {};
  const failures: string[] = [];
  for (const operation of missing) {
    const reason = plan.warnings.find((warning) => explains(warning, operation));
    if (reason === undefined)
      failures.push(`${key(operation)} is not a tool, and no warning mentions it`);
    else reasons[reason.code] = (reasons[reason.code] ?? 0) + 1;
  }
  const known = new Set(source.operations.map(key));
  return { reasons, failures: [...failures, ...strangers(plan, known)] };
}

/**
 * The identity of an operation. What follows a name in braces is not part of it (`{id:[0-9]+}` is `{id}`), nor are
 * parameters of the query that a path names (`{?limit}`, `?q={q}`).
 */
export function key({ method, path }: { readonly method: string; readonly path: string }): string {
  const named = path
    .replace(/\$(?=\{)/g, '')
    .replace(/\{[?&][^{}]*\}/g, '')
    .replace(/[?&][^?&={}]+=\{[^{}]*\}/g, '');
  return `${method} ${named.replace(/\{[+#./;*]*([^{}:=*+?]*)(?:[^{}]|\{[^{}]*\})*\}/g, '{$1}')}`;
}

function explains({ place, message }: Problem, { places }: SourceOperation): boolean {
  return /left out/i.test(message) && places.some((candidate) => place?.endsWith(candidate));
}

function strangers({ api }: Plan, known: ReadonlySet<string>): string[] {
  const seen = new Set<string>();
  return api.tools.flatMap(({ name, request }) => {
    const wanted = key(request);
    if (!known.has(wanted)) return [`${name} stands for ${wanted}, which the document lacks`];
    if (seen.has(wanted)) return [`${name} is a second tool for ${wanted}`];
    seen.add(wanted);
    return [];
  });
}

/** Tools of a document for which errors of the estimate even out. */
const MANY = 10;

/** Whether the estimate of what listing the tools costs is a tenth off what a tokenizer counts. */
export function checkEstimate({ api }: Plan): string[] {
  if (api.tools.length < MANY) return [];
  const sum = (count: (tool: Tool) => number) =>
    api.tools.reduce((total, tool) => total + count(tool), 0);
  const share =
    sum((tool) => estimateTokens({ ...api, authentication: 'none' }, tool)) /
    sum((tool) => countTokens(JSON.stringify(listTool(tool))));
  return Math.abs(share - 1) < 0.1 ? [] : [`the estimate of tokens is ${share.toFixed(2)} of them`];
}

/** The faults of the tools themselves. */
export function checkTools({ api }: Plan): string[] {
  const names = new Set<string>();
  return api.tools.flatMap((tool) => {
    const problems = [
      ...(names.has(tool.name) ? ['the name is not unique'] : []),
      ...(/^[a-z0-9_-]{1,64}$/.test(tool.name) ? [] : ['the name is not legal']),
      ...(tool.description.trim() === '' ? ['there is no description'] : []),
      ...checkKeys(tool),
      ...danglingReferences(tool.inputSchema).map((found) => `dangling $ref ${found}`),
    ];
    names.add(tool.name);
    return problems.map((problem) => `${tool.name}: ${problem}`);
  });
}

function checkKeys({ inputSchema }: Tool): string[] {
  const illegal = Object.keys(inputSchema['properties'] ?? {}).filter(
    (name) => !LEGAL_KEY.test(name),
  );
  const composed = ['oneOf', 'anyOf', 'allOf', 'not', '$ref'].filter((word) => word in inputSchema);
  return [
    ...(inputSchema.type === ('object' as unknown) ? [] : ['the root is not an object']),
    ...illegal.map((name) => `the argument ${JSON.stringify(name)} is not legal`),
    ...composed.map((word) => `${word} at the root`),
  ];
}

/** Compiles every schema as the generated server will; a new validator now and then, since it keeps all it compiled. */
export function checkValidator({ api }: Plan): string[] {
  let validator = new AjvJsonSchemaValidator();
  return api.tools.flatMap(({ name, inputSchema }, index) => {
    if (index % 100 === 0) validator = new AjvJsonSchemaValidator();
    try {
      validator.getValidator(inputSchema);
      return [];
    } catch (error) {
      return [`${name}: its schema does not compile: ${String(error)}`];
    }
  });
}
