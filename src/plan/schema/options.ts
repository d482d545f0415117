import type { Inheritance } from './inheritance.js';
import type { Shared } from './shared.js';
import type { TextLimits } from './shorten.js';

/** How schemas are converted, and how much of them is described. */
export interface ConversionOptions {
  /** Binary content becomes base64, as in multipart parts; in JSON it stays as the document describes it. */
  readonly binaryAsBase64?: boolean;
  /** How the document's schemas inherit from one another; default: not at all. */
  readonly inheritance?: Inheritance;
  /** The kinds of a discriminator are expanded down to this depth; default: everywhere. */
  readonly kindsDepth?: number;
  /** Called wherever `kindsDepth` makes a difference, with the characters written before. */
  readonly onKinds?: (written: number) => void;
  /** Pointers known to be referred to only once: they are inlined. */
  readonly mentionedOnce?: ReadonlySet<string>;
  /** Depth below which an argument is not described; default: unlimited. */
  readonly depth?: number;
  /** Characters that a schema below that depth may have, with all it refers to, and be described still; default: 0. */
  readonly small?: number;
  /** Depth below which nothing is explained, by descriptions or examples; default: unlimited. */
  readonly textsDepth?: number;
  /** The approximate maximum number of characters; default: unlimited. */
  readonly characters?: number;
  /** Longer texts and lists are shortened; default: none are. */
  readonly texts?: TextLimits;
  /** Schemas that other conversions with the same graph converted; default: none. */
  readonly shared?: Shared;
}
