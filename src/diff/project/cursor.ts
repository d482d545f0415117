/** A file of a project differs from what this program prints. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  /** The offset in the file, in UTF-16 code units. */
  readonly position: number;

  /** `reason` follows a colon and names what was found instead. */
  constructor(reason: string, position = 0) {
    super(reason);
    this.position = position;
  }
}

const name = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;

const blanks = [/\s+/y, /\/\/[^\n\r\u2028\u2029]*/y];

const plain = /[^'"\\\n\r\u2028\u2029]*/y;

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  "'": "'",
  '"': '"',
  '\\': '\\',
};

/** A position in the text of a module, with the tokens allowed there; comments and white space are skipped. */
export class Cursor {
  readonly #text: string;
  #at = 0;
  #start = 0;
  /** Where the last token ends. */
  #end = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skip();
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Whether the next token is on another line than the last one. */
  get isOnNewLine(): boolean {
    return /[\n\r\u2028\u2029]/.test(this.#text.slice(this.#end, this.#at));
  }

  /** The token that a sticky pattern matches here, if any. */
  take(pattern: RegExp): string | undefined {
    const token = this.#match(pattern);
    if (token !== undefined) this.#skip();
    return token;
  }

  /** A whole identifier or keyword. */
  takeName(): string | undefined {
    return this.take(name);
  }

  /** Consumes this character if it is next. */
  takeMark(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false;
    this.#start = this.#at++;
    this.#skip();
    return true;
  }

  needMark(mark: string, reason = `something other than ${JSON.stringify(mark)}`): void {
    if (!this.takeMark(mark)) this.failHere(reason);
  }

  needName(name: string, reason: string): void {
    if (this.takeName() !== name) this.failHere(reason);
  }

  /** The value of the string literal here, if there is one, with the escapes that this program prints. */
  takeString(): string | undefined {
    const quote = this.#text[this.#at];
    if (quote !== "'" && quote !== '"') return undefined;
    const start = this.#at++;
    let value = '';
    for (;;) {
      value += this.#match(plain) ?? '';
      const character = this.#text[this.#at++];
      if (character === quote) break;
      if (character === "'" || character === '"') value += character;
      else if (character === '\\') value += this.#unescape();
      else throw new Unreadable('an unterminated string', start);
    }
    this.#start = start;
    this.#skip();
    return value;
  }

  /** Refuses the last token. */
  fail(reason: string): never {
    throw new Unreadable(reason, this.#start);
  }

  /** Refuses the next token. */
  failHere(reason: string): never {
    throw new Unreadable(reason, this.#at);
  }

  #unescape(): string {
    const hex = this.#match(/u[0-9a-f]{4}/iy);
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex.slice(1), 16));
    const value = escapes[this.#text[this.#at++] ?? ''];
    if (value === undefined)
      throw new Unreadable('an escape that this program does not print', this.#at - 1);
    return value;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [token] = pattern.exec(this.#text) ?? [];
    if (token === undefined) return undefined;
    this.#start = this.#at;
    this.#at += token.length;
    return token;
  }

  #skip(): void {
    const start = this.#start;
    this.#end = this.#at;
    while (blanks.some((pattern) => this.#match(pattern) !== undefined) || this.#skipComment());
    this.#start = start;
  }

  #skipComment(): boolean {
    if (!this.#text.startsWith('/*', this.#at)) return false;
    const end = this.#text.indexOf('*/', this.#at + 2);
    if (end === -1) this.failHere('an unterminated comment');
    this.#at = end + 2;
    return true;
  }
}
