import type { Api } from '../../templates/src/runtime/api.js';
import { parseUrl } from '../../templates/src/runtime/text.js';
import type { Json, JsonObject } from '../load/document.js';
import { object, scalar, text } from '../json.js';
import { isIcon } from './options.js';
import type { PlanOptions } from './types.js';
import { slug, wholeWords } from './operations/names.js';

/** The document's description of the API; `name` replaces a missing title. */
export function describeApi(
  root: JsonObject,
  name: string,
  options: Pick<PlanOptions, 'icon'> = {},
): Pick<Api, 'title' | 'version' | 'description' | 'documentation' | 'icon'> {
  const info = object(root['info']);
  const description = text(info['description']) ?? text(info['summary']);
  const documentation = text(object(root['externalDocs'])['url']);
  const icon = options.icon ?? logoOf(info);
  return {
    title: named(info['title']) ?? name,
    version: named(info['version']) ?? '0.0.0',
    ...(description !== undefined && { description }),
    ...(documentation !== undefined &&
      /^https?:\/\//.test(documentation) &&
      parseUrl(documentation) && { documentation }),
    ...(icon !== undefined && { icon }),
  };
}

/** `x-logo` as Redoc defines it: an object with a URL. URLs that clients cannot use are ignored. */
function logoOf(info: JsonObject): string | undefined {
  const url = text(object(info['x-logo'])['url']);
  return url !== undefined && isIcon(url) ? url : undefined;
}

/** The names of the server and of its project. */
export function namesOf(
  root: JsonObject,
  options: PlanOptions,
): { readonly name: string; readonly projectName: string } {
  const name = options.name ?? nameOf(root);
  return { name, projectName: name.endsWith('mcp-server') ? name : `${name}-mcp-server` };
}

/** A name based on the document's title: `^[a-z0-9-]{1,50}$`. */
function nameOf(root: JsonObject): string {
  const title = named(object(root['info'])['title']) ?? '';
  return wholeWords(slug(title, '-'), 50) || 'api';
}

function named(value: Json | undefined): string | undefined {
  const name = scalar(value);
  return name === '' ? undefined : name;
}
