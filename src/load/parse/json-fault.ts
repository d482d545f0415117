/** A token of JSON (RFC 8259) and the white space before it. */
const token =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w))/y;

type Next = 'a value' | 'a key' | 'a colon' | 'a comma' | 'the end of the text';

/** Where a text stops being valid JSON, and what is expected there; undefined when it is valid. */
export function findJsonFault(text: string): { offset: number; message: string } | undefined {
  const open: string[] = [];
  let next: Next = 'a value';
  let mayClose = false;
  token.lastIndex = 0;
  for (let offset = 0; ; offset = token.lastIndex) {
    token.lastIndex = offset;
    const match = token.exec(text);
    if (match === null) return faultAt(text, offset, next, open.length);
    const [whole, mark, quoted] = match;
    const kind = mark ?? (quoted === undefined ? 'value' : 'string');
    const step = follow(kind, next, mayClose, open);
    if (step === undefined) return faultAt(text, offset + whole.search(/\S/), next, open.length);
    [next, mayClose] = step;
  }
}

/**
 * What may follow a token, and whether the text or the bracket may end there; undefined when the token itself is
 * unexpected.
 */
function follow(
  kind: string,
  next: Next,
  mayClose: boolean,
  open: string[],
): [Next, boolean] | undefined {
  const after = (): [Next, boolean] =>
    open.length === 0 ? ['the end of the text', false] : ['a comma', true];
  if (kind === '}' || kind === ']') {
    if (!mayClose || open.at(-1) !== (kind === '}' ? '{' : '[')) return undefined;
    open.pop();
    return after();
  }
  if (kind === ':') return next === 'a colon' ? ['a value', false] : undefined;
  if (kind === ',')
    return next === 'a comma' ? [open.at(-1) === '{' ? 'a key' : 'a value', false] : undefined;
  if (next === 'a key') return kind === 'string' ? ['a colon', false] : undefined;
  if (next !== 'a value') return undefined;
  if (kind !== '{' && kind !== '[') return after();
  open.push(kind);
  return [kind === '{' ? 'a key' : 'a value', true];
}

function faultAt(
  text: string,
  offset: number,
  next: Next,
  depth: number,
): { offset: number; message: string } | undefined {
  const rest = /[^ \t\n\r]/g;
  rest.lastIndex = offset;
  const found = rest.exec(text);
  if (found === null && next === 'the end of the text') return undefined;
  if (found === null) return { offset: text.length, message: 'The JSON ends unexpectedly.' };
  if (/^\/[/*]/.test(text.slice(found.index, found.index + 2)))
    return { offset: found.index, message: 'Not valid JSON: it cannot contain comments.' };
  return {
    offset: found.index,
    message: `Not valid JSON: ${next}${next === 'a comma' && depth > 0 ? ' or a closing bracket' : ''} is expected here.`,
  };
}
