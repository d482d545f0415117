import type { Plan } from '../../plan/plan.js';

/** The variables without which the generated server does not start, beside the API's credentials. */
export function openVariables({ api }: Plan): string[] {
  const issuer = api.authentication === 'oauth2' && api.authorizationServer === undefined;
  const servers = Object.values(api.serverVariables ?? {});
  return [
    ...(issuer ? ['OAUTH_AUTHORIZATION_SERVER'] : []),
    ...(api.baseUrl === undefined ? ['UPSTREAM_BASE_URL'] : []),
    ...servers.flatMap(({ variable, default: value }) => (value === undefined ? [variable] : [])),
  ];
}

/** What to write into `.env`, a line for each of `NAME` and `NAME=value`; nothing when nothing is needed. */
export function formatVariables(variables: readonly string[]): string {
  if (variables.length === 0) return '';
  const lines = variables.map((line) => `  ${line.includes('=') ? line : `${line}=…`}`);
  return `\nStill to be set, in .env:\n${lines.join('\n')}\n`;
}
