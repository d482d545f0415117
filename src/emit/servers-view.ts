import { own } from '../json.js';
import type { Plan } from '../plan/types.js';
import { firstParagraph } from './markdown.js';

/** Maximum number of values on a line. */
const listedValues = 20;

/** The servers of the API, for the templates. */
export function serversView({ api, upstream }: Plan) {
  const { baseUrl = '', serverVariables = {} } = api;
  const variables = Object.entries(serverVariables);
  const defaults = new Map(variables.map(([name, variable]) => [name, variable.default]));
  return {
    baseUrl: baseUrl.replace(/\{([^{}]+)\}/g, (whole, name: string) => defaults.get(name) ?? whole),
    serverVariables: variables.map(([name, { variable, default: fallback, values = [] }]) => ({
      name,
      variable,
      needed: fallback === undefined,
      fallback: fallback ?? '',
      values:
        values.slice(0, listedValues).join(', ') + (values.length > listedValues ? ', …' : ''),
      description: firstParagraph(own(upstream.serverVariables, name) ?? '', 200),
    })),
  };
}

/** The document's other servers, each with its description, for the notes on `UPSTREAM_BASE_URL`. */
export function otherServers(plan: Plan): string[] {
  const { baseUrl } = serversView(plan);
  const others = plan.upstream.servers.filter(({ url }) => url !== baseUrl);
  return others.slice(0, listedValues).map(({ url, description = '' }) => {
    const words = firstParagraph(description, 200);
    return `Another server of the document: ${url}${words === '' ? '' : ` (${words})`}`;
  });
}

/** The URL of the server on a developer's machine: with the default port of the server, or of wrangler. */
export function localUrlOf({ target }: Plan): string {
  return `http://localhost:${target === 'workers' ? 8787 : 3000}/mcp`;
}

/** The variables that must be set before the server knows the API's URL. */
export function neededServers({ api }: Plan): string[] {
  const open = Object.values(api.serverVariables ?? {});
  return [
    ...(api.baseUrl === undefined ? ['UPSTREAM_BASE_URL'] : []),
    ...open.filter((found) => found.default === undefined).map(({ variable }) => variable),
  ];
}
