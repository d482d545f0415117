import { object, type JsonObject } from '../../json.js';
import { shortenText } from '../../../templates/src/runtime/listing.js';
import type { Api, Tool } from '../../../templates/src/runtime/api.js';
import type { Cases } from './cases.js';
import { justify } from './justify.js';

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
  const annotations: JsonObject = { readOnlyHint, openWorldHint, destructiveHint };
  const [had, words] = [object(earlier['annotations']), object(earlier['justifications'])];
  const hints: Readonly<Record<string, string>> = {
    read_only_justification: 'readOnlyHint',
    open_world_justification: 'openWorldHint',
    destructive_justification: 'destructiveHint',
  };
  const justifications = Object.entries(justify(api, tool)).map(([name, made]) => {
    const hint = hints[name] ?? '';
    const written = words[name];
    const isKept = typeof written === 'string' && had[hint] === annotations[hint];
    return [name, isKept ? written : (made as string)];
  });
  return { annotations, justifications: Object.fromEntries(justifications) as JsonObject };
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
