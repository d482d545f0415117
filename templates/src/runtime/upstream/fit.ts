import type { Json, JsonObject, Tool } from '../api.js';
import { exactJson, parseExact } from './exact-json.js';
import { selectFields } from './fields.js';
import { nextPage, restOfPage } from './pages.js';
import { howToGetLess } from './result.js';
import { shortenText, shortenValue } from './shorten.js';

/** A call and its answer, as far as what is shown of the answer depends on them. */
export interface Answered {
  readonly tool: Tool;
  /** As the caller gave them. */
  readonly args: JsonObject;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The paths to keep. */
  readonly fields?: readonly string[] | undefined;
  /** Characters, those of the notes included. */
  readonly budget: number;
}

/** What is shown of an answer. */
export interface Fitted {
  readonly text: string;
  readonly notes: readonly string[];
  /** The value that the text spells; absent when the answer is not JSON. */
  readonly value?: Json;
}

/** An answer within its budget. JSON stays JSON, as received unless `fields` or the budget leave something out. */
export function fitAnswer(text: string, isJson: boolean, answered: Answered): Fitted {
  const value = isJson ? parsed(text) : undefined;
  if (value !== undefined) return fitJson(text, value, answered);
  const { text: shown, notes } = shortenText(text, answered.budget);
  return { text: shown, notes: notes.length === 0 ? [] : [...notes, howToGetLess(answered.tool)] };
}

function parsed(text: string): Json | undefined {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

function fitJson(text: string, answer: Json, { fields, budget, ...call }: Answered): Fitted {
  const page = { ...call, answer, args: { ...call.args, ...(fields && { fields: [...fields] }) } };
  const next = nextPage(page);
  const { value, notes } = fields
    ? selectFields(answer, fields, call.tool.fields)
    : { value: answer, notes: [] };
  const left = budget - [...notes, ...(next === undefined ? [] : [next])].join('\n').length;
  const asReceived = fields === undefined ? text : exactJson(value);
  if (asReceived.length <= left)
    return { text: asReceived, notes: next === undefined ? notes : [...notes, next], value };
  const shortened = shortenValue(value, left);
  const list = shortened.lists[0];
  const rest = list && restOfPage(page, list);
  const help = shortened.notes.length === 0 ? next : (rest ?? howToGetLess(call.tool));
  return {
    text: shortened.text,
    notes: [...notes, ...shortened.notes, ...(help === undefined ? [] : [help])],
    value: shortened.value,
  };
}
