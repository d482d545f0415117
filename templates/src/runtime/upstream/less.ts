import type { Tool } from '../api.js';
import { isObject } from '../json.js';

/** What APIs call the parameters that make an answer shorter: pages, selections of fields, filters. */
const telling =
  /^(limit|max|top|first|last|take|size|count|rows|n|(page|per|max|batch)[_-]?(size|page|results|items|count|limit)|fields?|select|columns|include|exclude|expand|filter|where|q|query|search|since|until|after|before|from|to|start|end|page|offset|cursor|skip|range)$/i;

/** A sentence that tells a model what to do about an answer that is too long, by the arguments that the tool has. */
export function howToGetLess({ inputSchema }: Tool): string {
  const { properties } = inputSchema;
  const names = isObject(properties) ? Object.keys(properties) : [];
  const helpful = names.filter((name) => telling.test(name)).slice(0, 5);
  return helpful.length === 0
    ? 'Ask for something smaller or more specific, if the API allows it.'
    : `Ask for less with ${helpful.join(', ')}.`;
}
