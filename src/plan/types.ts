import type { Api } from '../../templates/src/runtime/api.js';
import type { Problem } from '../errors.js';
import type { UpstreamNotes } from './security/upstream-notes.js';

/** A platform that servers run on. */
export type Target = 'node' | 'workers';

/** Every decision about one generated project; only printing remains. */
export interface Plan {
  readonly api: Api;
  /** The platform that the server runs on; undefined means Node. */
  readonly target?: Target | undefined;
  /** The npm name of the generated project and the default name of its folder: `petstore-mcp-server`. */
  readonly projectName: string;
  /** Where the document came from, and a fingerprint of the hidden text it contains, if any; for the lock. */
  readonly source: { readonly location: string; readonly hash: string; readonly hidden?: string };
  /** The tools whose arguments are truncated, with the depth to which they are described. */
  readonly truncated: Readonly<Record<string, number>>;
  /** The first tag of the operation of each tool, where it has one. */
  readonly groups: Readonly<Record<string, string>>;
  /** For the project's texts: the settings needed before its API can be called. */
  readonly upstream: UpstreamNotes;
  /** Everything that is skipped or changed in the output, and why. */
  readonly warnings: readonly Problem[];
}

/** The options of a plan. The names are those of the command line's flags. */
export interface PlanOptions {
  readonly name?: string;
  readonly auth?: 'none' | 'oauth2';
  readonly oauthServer?: string;
  readonly resourceUrl?: string;
  readonly baseUrl?: string;
  /** An https URL of a picture, instead of the document's `x-logo`. */
  readonly icon?: string;
  readonly scopes?: 'spec' | 'method' | 'none';
  /** How operations are offered (default: `all`), unless `MCP_TOOLS` overrides it at start. */
  readonly tools?: 'all' | 'search';
  /** Patterns of operations that stay separate tools with `tools: 'search'`. */
  readonly pin?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Only operations that read become tools: their `readOnlyHint` is true. */
  readonly readOnly?: boolean;
  /** Tools include the schema of their responses. */
  readonly outputSchemas?: 'all' | 'none';
  /** The platform of the server (default: `node`). */
  readonly target?: Target;
}
