/**
 * In every process of tests: forgets the variables that change what the program does for the user who runs the tests, a
 * CI service among them, so that each test sees only what it sets itself.
 */
const ofTheUser = [
  'CI',
  'CLAUDE_CONFIG_DIR',
  'CODEX_HOME',
  'OAUTH_CLIENT_SECRET',
  'OAUTH_CLIENT_SECRET_FILE',
  'OPENAPI_TO_MCP_CONFIG_DIR',
  'OPENAPI_TO_MCP_DATA_DIR',
  'XDG_CONFIG_HOME',
];
for (const name of ofTheUser) Reflect.deleteProperty(process.env, name);
