import type { Json } from '../document.js';
import type { Kind } from '../grammar.js';
import { sectionOf } from './homes.js';
import { isObject } from '../../json.js';
import { isReference } from '../json.js';
import { formatPointer } from '../../pointer.js';
import { createResolver, type Resolver } from './resolver.js';
import { visit } from '../walk.js';

/**
 * Whether a document needs no bundling, which is the usual case: all its references are internal, stand where
 * components can be referred to, and are written as they will be looked up, or mean nothing at all.
 */
export function isSelfContained(document: Json, base: URL, swagger: boolean): boolean {
  const uri = base.href;
  let external = false;
  const needs = {
    missing: () => (external = true),
    forbidden: () => (external = true),
  };
  const resolver = createResolver(uri, new Map([[uri, { value: document, base }]]), needs);
  visit(document, (value, kind) => {
    if (!external && !isPlain(value, kind, uri, resolver, swagger)) external = true;
  });
  return !external;
}

function isPlain(
  value: Json,
  kind: Kind,
  uri: string,
  resolver: Resolver,
  swagger: boolean,
): boolean {
  if (kind === 'mapping') return !mapsElsewhere(value);
  if (!isReference(value)) return true;
  const location = resolver.resolve(uri, value.$ref);
  if (!location) return true;
  return sectionOf(kind, swagger) !== undefined && value.$ref === formatPointer(location.path);
}

/** An internal reference in a discriminator's mapping is taken as it is. */
function mapsElsewhere(value: Json): boolean {
  const references = isObject(value) ? Object.values(value) : [];
  return references.some(
    (item) => typeof item === 'string' && /^[^#].*[#/]|\.(ya?ml|json)$/.test(item),
  );
}
