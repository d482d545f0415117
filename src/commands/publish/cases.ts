import { object, type JsonObject } from '../../json.js';
import { sample } from 'openapi-sampler';
import type { Api, Tool } from '../../../templates/src/runtime/api.js';
import { withShortLists } from '../../project/samples.js';

/** What a user asks for, and the tool that is then called. */
export interface PositiveCase {
  readonly description: string;
  readonly user_prompt: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly expected_output: string;
}

/** What a user asks for that is not for this server: none of its tools has one of these words in its texts. */
export interface NegativeCase {
  readonly description: string;
  readonly user_prompt: string;
  readonly without: readonly string[];
  readonly expected_output: string;
}

/** The test cases of a submission, as the user edits them. */
export interface Cases {
  readonly positive: readonly PositiveCase[];
  readonly negative: readonly NegativeCase[];
}

// ChatGPT's form requires at least this many of each.
const POSITIVE = 5;
const NEGATIVE = 3;

/** Five requests that need a tool and three that do not, made from the document's examples. */
export function casesOf(api: Api): Cases {
  const readers = api.tools.filter(({ annotations }) => annotations.readOnlyHint);
  const others = api.tools.filter((tool) => !readers.includes(tool));
  const sorted = [...readers, ...others];
  const chosen = Array.from({ length: POSITIVE }, (_, at) => sorted[at % sorted.length]);
  return {
    positive: chosen.flatMap((tool, at) =>
      tool === undefined ? [] : [positiveOf(api, tool, Math.floor(at / sorted.length))],
    ),
    negative: unrelated.filter(({ without }) => !isAbout(api, without)).slice(0, NEGATIVE),
  };
}

/** `round`: how often the tool was used before, in an API with fewer than five tools. */
function positiveOf({ title }: Api, tool: Tool, round: number): PositiveCase {
  const name = tool.title ?? tool.name;
  const args = argumentsOf(tool, round > 0);
  const values = Object.entries(args).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  const using = values.length === 0 ? '' : ` with ${values.join(', ')}`;
  return {
    description: `${name}${round === 0 ? '' : `, example ${round + 1}`}`,
    user_prompt: `Using ${title}: ${lowerFirst(name)}${using}.`,
    tool: tool.name,
    arguments: args,
    expected_output: `Shows the result of "${name}"${using}, or says clearly why there is none.`,
  };
}

/** The required arguments of a call, from the schema's examples; `all`: optional ones too. */
function argumentsOf({ inputSchema }: Tool, all: boolean): JsonObject {
  try {
    const options = { skipNonRequired: !all, maxSampleDepth: 5, quiet: true };
    const schema = withShortLists(inputSchema as JsonObject);
    return object(sample(schema, options, schema));
  } catch {
    // The schema does not allow a sample; the user fills in the arguments.
    return {};
  }
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

const elsewhere =
  'No tool of this app is called, because the request is not about what the app does.';

function negative(description: string, prompt: string, ...without: string[]): NegativeCase {
  return { description, user_prompt: prompt, without, expected_output: elsewhere };
}

/** Three of these that are unrelated to the API are used. */
const unrelated = [
  negative(
    'Does not answer a question about the weather.',
    'Will it rain tomorrow?',
    'weather',
    'rain',
  ),
  negative('Does not play music.', 'Play a song that cheers me up.', 'song', 'music'),
  negative('Does not translate texts.', 'Translate "good morning" into French.', 'translat'),
  negative('Does not book travel.', 'Book me a flight to Lisbon.', 'flight', 'airline'),
  negative('Does not find recipes.', 'How do I cook a risotto?', 'recipe', 'cook'),
  negative('Does not solve equations.', 'Solve x² = 2 for me.', 'equation', 'math'),
  negative('Does not report sports results.', 'Who won the match last night?', 'match', 'sport'),
];

/** Whether a tool's texts contain one of the words. */
export function isAbout(
  {
    tools,
  }: {
    readonly tools: readonly { readonly [Name in 'name' | 'title' | 'description']?: unknown }[];
  },
  words: readonly string[],
): boolean {
  const texts = tools.map(({ name, title, description }) =>
    [name, title, description].join(' ').toLowerCase(),
  );
  return texts.some((text) => words.some((word) => text.includes(word.toLowerCase())));
}
