import type { Api } from '../../templates/src/runtime/api.js';
import type { Problem } from '../errors.js';
import type { UpstreamNotes } from './security/upstream-notes.js';

/** A platform that servers run on. */
export type Target = 'node' | 'workers';

/** Every decision about one generated project; what remains is printing. */
export interface Plan {
  readonly api: Api;
  /** The platform that the server runs on; absent: Node. */
  readonly target?: Target | undefined;
  /** The npm name of the generated project and the default name of its folder: `petstore-mcp-server`. */
  readonly projectName: string;
  /** Where the document came from, and a fingerprint of what is hidden in its texts, if anything is; for the lock. */
  readonly source: { readonly location: string; readonly hash: string; readonly hidden?: string };
  /** The tools whose arguments are described to some depth only, and the number of levels. */
  readonly cut: Readonly<Record<string, number>>;
  /** The first tag of the operation of each tool, where it has one. */
  readonly groups: Readonly<Record<string, string>>;
  /** For the prose of the project: what has to be set before its API can be called. */
  readonly upstream: UpstreamNotes;
  /** What is left out of the output, or changed in it, and why. */
  readonly warnings: readonly Problem[];
}

/** What decides a plan, beside the document. The names are those of the command line's flags (design.md section 5). */
export interface PlanOptions {
  readonly name?: string;
  readonly auth?: 'none' | 'oauth2';
  readonly oauthServer?: string;
  readonly resourceUrl?: string;
  readonly baseUrl?: string;
  /** An https URL of a picture, instead of the document's `x-logo`. */
  readonly icon?: string;
  readonly scopes?: 'spec' | 'method' | 'none';
  /** How operations are offered (default: `all`), unless `MCP_TOOLS` says otherwise at start. */
  readonly tools?: 'all' | 'search';
  /** Patterns of operations that stay tools of their own with `tools: 'search'`. */
  readonly pin?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Tools state the schema of their answers. */
  readonly outputSchemas?: 'all' | 'none';
  /** The platform of the server (default: `node`). */
  readonly target?: Target;
}
