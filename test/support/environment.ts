/**
 * In every process of tests: forgets the variables that change what the program does, or what git and npm do for it, for
 * the user who runs the tests, a CI service among them, so that each test sees only what it sets itself.
 */
import { devNull } from 'node:os';

const ofTheUser = [
  /^(CI|CLAUDE_CONFIG_DIR|CODEX_HOME|HOST|PORT|(HTTPS?|NO|ALL)_PROXY)$/i,
  /^(GIT|GITHUB|GITLAB|LC|RUNNER|XDG|npm|OTEL)_/,
  /^(MCP|OAUTH|OPENAPI_TO_MCP|UPSTREAM)_/,
  // What is printed in color.
  /^(COLORTERM|FORCE_COLOR|NODE_DISABLE_COLORS|NO_COLOR|TERM|TMUX)$/,
];
for (const name of Object.keys(process.env))
  if (ofTheUser.some((pattern) => pattern.test(name))) Reflect.deleteProperty(process.env, name);
process.env['GIT_CONFIG_GLOBAL'] = process.env['GIT_CONFIG_SYSTEM'] = devNull;
