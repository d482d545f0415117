import type { Case, Environment, Group } from '../case.js';
import { confirmation } from './confirmation.js';
import { injection } from './injection.js';
import { callLimit } from './limits.js';
import { schemas } from './schemas.js';
import {
  impliedScopes,
  prefixedScopes,
  scopesAsClientsTakeThem,
  scopesAsToolErrors,
} from './scope-settings.js';
import { scopes } from './scopes.js';

/** Cases about the tools that are listed; groups/search-mode.ts has those of the three. */
const otherwise: readonly string[] = [
  'tools/list shows what the token may not call',
  'two names, the harmless one last',
];

/** The same attacks where the three tools find and call the operations: what stops them must not depend on the mode. */
export const bySearch: readonly Group[] = [
  scopes,
  impliedScopes,
  prefixedScopes,
  scopesAsToolErrors,
  scopesAsClientsTakeThem,
  injection,
  schemas,
  callLimit,
  confirmation,
].map((group) => ({
  name: `${group.name}, by search`,
  ownServer: true,
  env: searching(group.env),
  cases: group.cases.filter(({ name }) => !otherwise.includes(name)).map(inSearchMode),
}));

function inSearchMode(tried: Case): Case {
  return tried.env === undefined ? tried : { ...tried, env: searching(tried.env) };
}

function searching(env: Environment = () => ({})): Environment {
  return (...around) => ({ ...env(...around), MCP_TOOLS: 'search' });
}
