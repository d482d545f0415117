import type { Json, Report } from '../document.js';
import { parseJson } from './parse-json.js';
import { parseYaml } from './parse-yaml.js';

/**
 * Reads JSON or YAML, whatever the file is called; `place` is what problems name before line and column. JSON
 * is much faster to read as such; what is not strictly JSON is read as YAML, a superset, which knows the line
 * and column of an error.
 */
export function parse(text: string, place: string, report: Report): Json {
  const json = /^\s*[[{]/.test(text) ? parseJson(text, place, report) : undefined;
  return json === undefined ? parseYaml(text, place, report) : json;
}
