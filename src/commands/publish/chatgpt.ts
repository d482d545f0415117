import { object, type JsonObject } from '../../json.js';
import { shortenText } from '../../../templates/src/runtime/listing.js';
import type { Api, Tool } from '../../../templates/src/runtime/api.js';
import { hintsOf } from '../../methods.js';
import type { Cases } from './cases.js';

const SCHEMA = 'https://developers.openai.com/apps-sdk/schemas/chatgpt-app-submission.v1.json';

/** The maximum length of the subtitle, in characters. */
const LONGEST_SUBTITLE = 30;

/**
 * The file that ChatGPT's submission form imports (openai/plugins, skill chatgpt-app-submission). Texts of an earlier
 * file are kept. Facts about tools come from the project, and a justification is replaced when its hint changed.
 */
export function submissionOf(api: Api, cases: Cases, earlier: JsonObject): JsonObject {
  const tools = object(earlier['tools']);
  return {
    $schema: SCHEMA,
    schema_version: 1,
    app_info: { ...appInfo(api), ...object(earlier['app_info']) },
    tools: Object.fromEntries(
      api.tools.map((tool) => [tool.name, toolEntry(api, tool, object(tools[tool.name]))]),
    ),
    test_cases: cases.positive.map(({ tool, ...one }) => caseEntry(one, tool)),
    negative_test_cases: cases.negative.map((one) => caseEntry(one, null)),
  };
}

function appInfo({ title, description = '' }: Api): JsonObject {
  const [first = title] = description.trim().split(/\n\s*\n/);
  return {
    display_name: title,
    subtitle: title.length <= LONGEST_SUBTITLE ? title : title.slice(0, LONGEST_SUBTITLE).trimEnd(),
    description: shortenText(first === '' ? title : first, 500),
    category: 'PRODUCTIVITY',
  };
}

function toolEntry(api: Api, tool: Tool, earlier: JsonObject): JsonObject {
  const { readOnlyHint, openWorldHint, destructiveHint } = tool.annotations;
  const annotations = { readOnlyHint, openWorldHint, destructiveHint };
  const [had, words] = [object(earlier['annotations']), object(earlier['justifications'])];
  const justifications = justify(api, tool).map(([name, hint, made]) => {
    const written = words[name];
    const isKept = typeof written === 'string' && had[hint] === annotations[hint];
    return [name, isKept ? written : made] as const;
  });
  return { annotations, justifications: Object.fromEntries(justifications) };
}

/** The effect of a method that writes (RFC 9110 section 9.3, RFC 5789). */
const EFFECTS: Readonly<Record<string, string>> = {
  POST: 'adds or starts something',
  PUT: 'replaces something',
  PATCH: 'changes something',
  DELETE: 'removes something',
};

type Hint = 'readOnlyHint' | 'openWorldHint' | 'destructiveHint';

/**
 * One sentence per hint that justifies it to ChatGPT's reviewers, derived from the method, the document's texts, and hints
 * that an overlay sets.
 */
function justify({ title }: Api, tool: Tool): [member: string, hint: Hint, sentence: string][] {
  const { readOnlyHint, openWorldHint, destructiveHint } = tool.annotations;
  const { method, path } = tool.request;
  const reads = hintsOf(method).readOnlyHint;
  const effect = EFFECTS[method] ?? 'has an effect defined by the API';
  const action = `"${tool.title ?? tool.name}" sends ${method} ${path} to ${title}`;
  const stated = 'as its publisher states';
  return [
    [
      'read_only_justification',
      'readOnlyHint',
      readOnlyHint
        ? `${action}, which ${reads ? 'only reads' : `only reads, ${stated}`} and changes no data.`
        : `${action}, which ${reads ? `may change data, ${stated}` : effect}.`,
    ],
    [
      'open_world_justification',
      'openWorldHint',
      openWorldHint
        ? `${action}, which can reach people or systems outside ${title}.`
        : `${action}, whose effects stay inside ${title}; it publishes and sends nothing to others.`,
    ],
    [
      'destructive_justification',
      'destructiveHint',
      destructiveHint
        ? `${action}, which ${reads || method === 'POST' ? `can delete or overwrite data, ${stated}` : `${effect} and can lose what was there`}.`
        : `${action}, which deletes and overwrites nothing${reads || method === 'POST' ? '' : `, ${stated}`}.`,
    ],
  ];
}

function caseEntry(
  one: { description: string; user_prompt: string; expected_output: string },
  tool: string | null,
): JsonObject {
  return {
    description: one.description,
    user_prompt: one.user_prompt,
    file_attachment_urls: null,
    tools_triggered: tool,
    expected_output: one.expected_output,
    expected_output_url: null,
  };
}
