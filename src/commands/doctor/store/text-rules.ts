import { array, isObject, object, text, type JsonObject } from '../../../json.js';
import { splitHidden } from '../../../plan/tools/hidden-text.js';
import { textIn } from '../../../net/metadata.js';
import { count } from '../../../numbers.js';
import { sources } from './hosts.js';
import { everyTool, fail, notChecked, overlayLine, pass, type Rule } from './rule.js';
import type { SeenTool } from '../../../net/mcp-session.js';

const { claudeReview, claudeCode, openaiSubmission, openaiReference } = sources;

/** Claude Code truncates descriptions and instructions at this many characters (2 KB). */
const LONGEST_TEXT = 2048;

/** ChatGPT may read only this many characters of the instructions. */
const FIRST_PART = 512;

/**
 * Texts that tell a model what to do instead of what a tool does. Each is aimed at models only, so documents rarely
 * match by chance.
 */
const ORDERS = [
  /\b(ignore|disregard|forget|override)\s+(all\s+|any\s+|the\s+|your\s+|every\s+)*(previous|prior|above|earlier|other|system|existing)\s+(instruction|prompt|message|rule|tool|direction)s?\b/i,
  /\balways\s+(call|invoke|run|use|prefer|choose)\s+(this|our|the following|these)\s+(tool|function|operation|server|connector)/i,
  /\balways\s+(call|invoke)\b/i,
  /\b(do not|don't|never)\s+(call|use|invoke|consider)\s+(any\s+)?(other|another|competing)\s+(tool|function|server|connector)s?\b/i,
  /\byou\s+(must|have to|are required to|should)\s+(always\s+|first\s+)?(call|invoke)\b/i,
  /\b(do not|don't|never)\s+(tell|inform|mention|reveal|show)\b[^.\n]{0,30}\bthe\s+user\b/i,
  /\b(system\s+prompt|developer\s+message)\b/i,
  /<\/?(system|important|instructions?)>/i,
];

/** Names of arguments that ask for a secret or for an identity document, in lower case with _ between words. */
const SECRETS =
  /(^|_)(passwords?|passwd|passphrase|pass_word|secrets?|api_?keys?|access_?tokens?|refresh_?tokens?|id_?tokens?|auth_?tokens?|bearer_?tokens?|private_?keys?|client_?secrets?|credentials?|otp|totp|mfa_?codes?|one_?time_?(password|code)s?|ssn|social_?security(_?numbers?)?|cvv|cvc|card_?numbers?|credit_?card(_?numbers?)?|passport_?numbers?)$/;

/** Requirements for the texts that models read. */
export const textRules: readonly Rule[] = [
  {
    id: 'description',
    hosts: { chatgpt: openaiReference, claude: claudeReview },
    sentence: 'Every tool has a description.',
    check: everyTool('Every tool has one.', (tool, subject) =>
      text(tool['description']) === undefined
        ? {
            fault: 'has no description',
            remedy: overlayLine(tool, subject, '{ x-mcp: { description: "…" } }'),
          }
        : undefined,
    ),
  },
  {
    id: 'description-length',
    hosts: { claude: claudeCode },
    sentence: `Descriptions have at most ${LONGEST_TEXT} characters: Claude Code truncates longer ones.`,
    check: everyTool(`None is longer than ${LONGEST_TEXT} characters.`, (tool, subject) => {
      const { length } = textIn(tool, 'description') ?? '';
      if (length <= LONGEST_TEXT) return undefined;
      return {
        fault: `has a description of ${count(length)} characters`,
        remedy: overlayLine(tool, subject, '{ x-mcp: { description: "…" } }'),
      };
    }),
  },
  {
    id: 'instructions-length',
    hosts: { claude: claudeCode },
    sentence: `The instructions have at most ${LONGEST_TEXT} characters: Claude Code truncates longer ones.`,
    check: ({ instructions }) => {
      if (instructions === undefined) return notChecked('The instructions are not known.');
      const { length } = instructions;
      if (length <= LONGEST_TEXT) return pass(`They have ${length} characters.`);
      return fail(
        `They have ${count(length)} characters.`,
        'Generate the project again with this version, which shortens them, or write a shorter description in the overlay: { target: "$.info", update: { description: "…" } }.',
      );
    },
  },
  {
    id: 'instructions-start',
    hosts: { chatgpt: openaiReference },
    sentence: `The first ${FIRST_PART} characters of the instructions are complete by themselves.`,
    check: ({ instructions }) => {
      if (instructions === undefined) return notChecked('The instructions are not known.');
      if (instructions.trim() === '')
        return fail(
          'There are no instructions.',
          'Describe the API in the overlay: { target: "$.info", update: { description: "…" } }.',
        );
      if (
        instructions.length <= FIRST_PART ||
        /[.!?:]\s|\n\n/.test(instructions.slice(0, FIRST_PART))
      )
        return pass('A sentence ends there.');
      return fail(
        'No sentence ends within them.',
        'Begin the description with a short sentence: { target: "$.info", update: { description: "…" } }.',
      );
    },
  },
  {
    id: 'orders',
    hosts: { chatgpt: openaiSubmission, claude: claudeReview },
    sentence: 'No text gives the model orders.',
    check: everyTool('No order was found.', (tool, subject) => {
      const order = orderIn(tool);
      if (order === undefined) return undefined;
      return {
        fault: `says ${JSON.stringify(order)}`,
        remedy: `Describe what the tool does instead. ${overlayLine(tool, subject, '{ x-mcp: { description: "…" } }')}`,
      };
    }),
  },
  {
    id: 'hidden-characters',
    hosts: { chatgpt: openaiSubmission, claude: claudeReview },
    sentence: 'No text has invisible characters.',
    check: everyTool('No invisible character was found.', (tool, subject) => {
      const hidden = textsIn(tool).some((text) => splitHidden(text).hidden !== '');
      if (!hidden) return undefined;
      return {
        fault: 'has invisible characters in its texts',
        remedy: `Remove them from the document. ${overlayLine(tool, subject, '{ x-mcp: { description: "…" } }')}`,
      };
    }),
  },
  {
    id: 'secret-parameters',
    hosts: { chatgpt: openaiSubmission },
    sentence: 'No tool asks for passwords, keys, card numbers or other secrets.',
    check: everyTool('No argument asks for a secret.', (tool) => {
      const place = secretIn(object(tool['inputSchema']));
      if (place === undefined) return undefined;
      return {
        fault: `asks for ${place}`,
        remedy: `Leave the operation of ${tool.name} out with --exclude, or remove ${place} from it with an overlay.`,
      };
    }),
  },
];

/** The first order in the texts of a tool, as written. */
function orderIn(tool: SeenTool): string | undefined {
  for (const text of textsIn(tool))
    for (const order of ORDERS) {
      const [found] = order.exec(text) ?? [];
      if (found !== undefined) return found;
    }
  return undefined;
}

/** Everything that models read about a tool: its texts, and the descriptions of its arguments. */
function textsIn({ name, title, description, inputSchema }: SeenTool): string[] {
  return [name, title, description, ...describedIn(inputSchema)].filter(
    (text): text is string => typeof text === 'string',
  );
}

function describedIn(schema: unknown): unknown[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap(describedIn);
  return Object.entries(schema).flatMap(([key, value]) =>
    typeof value === 'string' ? (key === 'description' ? [value] : []) : describedIn(value),
  );
}

/** The path of the first argument that asks for a secret. A schema refers to its own definitions only. */
function secretIn(root: JsonObject): string | undefined {
  const seen = new Set<string>();
  const visit = (schema: JsonObject, path: string): string | undefined => {
    const reference = textIn(schema, '$ref')?.replace('#/$defs/', '');
    if (reference !== undefined) {
      if (seen.has(reference)) return undefined;
      seen.add(reference);
      return visit(object(object(root['$defs'])[reference]), path);
    }
    for (const [name, value] of Object.entries(object(schema['properties']))) {
      const at = path === '' ? name : `${path}.${name}`;
      const member = object(value);
      if (isSecret(name, member)) return at;
      const found = visit(member, at);
      if (found !== undefined) return found;
    }
    for (const part of partsOf(schema)) {
      const found = visit(part, path);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return visit(root, '');
}

/** The schemas whose members also belong to this one, and those of a list's items. */
function partsOf(schema: JsonObject): JsonObject[] {
  const parts = ['allOf', 'anyOf', 'oneOf', 'prefixItems'].flatMap((key) => array(schema[key]));
  return [schema['items'], ...parts].filter(isObject);
}

/**
 * A secret is a string, so `has_password: boolean` and `tokens: integer` are not secrets. `format: password` always is.
 */
function isSecret(name: string, schema: JsonObject): boolean {
  if (schema['format'] === 'password') return true;
  const types: unknown[] = [schema['type']].flat();
  const isText = schema['type'] === undefined || types.includes('string');
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9]+/g, '_');
  return isText && SECRETS.test(words.toLowerCase());
}
