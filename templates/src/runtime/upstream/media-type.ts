/** `type/subtype` in lower case, without parameters. */
export function essence(mediaType: string): string {
  return (mediaType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/** JSON itself, and every media type with the suffix `+json` (RFC 6839 section 3.1). */
export function isJson(mediaType: string): boolean {
  return /^(application|text)\/json$|\+json$/.test(essence(mediaType));
}

/** A JSON value on each line. */
export function isJsonLines(mediaType: string): boolean {
  return /\/(x-)?(ndjson|jsonl|jsonlines|json-lines)$/.test(essence(mediaType));
}

/** What people and models read as it is: `text/*`, XML, and the other formats that are text by design. */
export function isText(mediaType: string): boolean {
  const textual =
    /^text\/|[+/](xml|yaml|x-yaml|javascript|graphql|sql|toml)$|\/x-www-form-urlencoded$/;
  return isJson(mediaType) || isJsonLines(mediaType) || textual.test(essence(mediaType));
}

/** The `charset` parameter (RFC 9110 section 8.3.2), when there is one. */
export function charset(mediaType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(mediaType)?.[1];
}

/**
 * Whether it can be sent as the type of something: no wildcard, no list, nothing but RFC 9110 tokens. It is
 * also what keeps a media type from a data URI or a document out of the lines of a multipart body.
 */
export function isConcrete(mediaType: string): boolean {
  const token = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;\s*[\w-]+=("[\w .:+/-]*"|[\w.:+-]+))*$/;
  return token.test(mediaType);
}
