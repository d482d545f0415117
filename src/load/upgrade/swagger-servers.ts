import type { JsonObject } from '../document.js';
import { childOf } from '../../json.js';
import { stringsOf } from '../json.js';
import { isWeb } from '../read/location.js';

/**
 * The servers that `host`, `basePath` and `schemes` of a 2.0 document describe. Without a host the server is the one
 * the document came from, and its URL is relative. https comes first, since the first is the one that is used.
 */
export function serversOf(document: JsonObject, url: URL): { url: string }[] {
  const base = basePathOf(document);
  const host = childOf(document, 'host');
  if (typeof host !== 'string' || host === '') return base === '' ? [] : [{ url: base }];
  // Some write a URL there.
  const name = host.replace(/^[a-z]+:\/\//i, '').replace(/\/+$/, '');
  return schemesOf(document, url).map((scheme) => ({ url: `${scheme}://${name}${base}` }));
}

function basePathOf(document: JsonObject): string {
  const base = childOf(document, 'basePath');
  if (typeof base !== 'string' || /^\/*$/.test(base)) return '';
  return base.startsWith('/') ? base : `/${base}`;
}

/** Unstated, it is the scheme that the document came by; for a file https, which no credential is too good for. */
function schemesOf(document: JsonObject, url: URL): string[] {
  const stated = stringsOf(childOf(document, 'schemes')) ?? [];
  const usable = ['https', 'http'].filter((scheme) => stated.includes(scheme));
  if (usable.length > 0) return usable;
  return [isWeb(url) ? url.protocol.slice(0, -1) : 'https'];
}
