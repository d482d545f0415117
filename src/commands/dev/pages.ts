import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import { parseUrl } from '../../../templates/src/runtime/text.js';
import { own } from '../../json.js';
import { packagePath } from '../../package.js';

/** The values that all pages use. */
export interface PageSetting {
  /** The API's name. */
  readonly title: string;
  /** A scope's description in the document. */
  readonly scopes: Readonly<Record<string, string>>;
}

/** The requesting client: its self-chosen name, and where the browser is redirected. */
interface Request {
  readonly client: string;
  readonly redirectUri: string;
  readonly user: string;
}

const handlebars = Handlebars.create();
const read = (name: string) => readFileSync(packagePath(`pages/sign-in/${name}.hbs`), 'utf8');

handlebars.registerPartial('layout', read('layout'));

const compiled = {
  login: handlebars.compile(read('login')),
  consent: handlebars.compile(read('consent')),
  error: handlebars.compile(read('error')),
};

/** The login page. */
export function loginPage(setting: PageSetting, request: Request): string {
  return compiled.login({ ...frame(setting), ...request });
}

/** The consent page: names the client, the scopes, and where the browser is redirected. */
export function consentPage(
  setting: PageSetting,
  { scopes, ...request }: Request & { readonly scopes: readonly string[] },
): string {
  const wanted = scopes.map((scope) => ({ scope, description: describe(setting, scope) }));
  return compiled.consent({
    ...frame(setting),
    ...request,
    wanted,
    destination: destinationOf(request.redirectUri),
  });
}

/** The error page. */
export function errorPage(setting: PageSetting, message: string): string {
  return compiled.error({ ...frame(setting), message });
}

function frame({ title }: PageSetting) {
  return { title, initial: Array.from(title.trim())[0] ?? '?' };
}

/** Scopes that OpenID Connect Core defines (sections 5.4 and 11), so documents do not describe them. */
const standardScopes: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  offline_access: 'Stay signed in while you are away',
};

function describe({ scopes }: PageSetting, scope: string): string | undefined {
  return own(scopes, scope) ?? own(standardScopes, scope);
}

/** The part of a redirect URI that identifies the recipient of the code: the host, or an application's scheme. */
function destinationOf(redirectUri: string): string {
  const url = parseUrl(redirectUri);
  if (url === undefined) return redirectUri;
  const { host, origin, protocol } = url;
  if (host === '') return protocol;
  return origin === 'null' ? `${protocol}//${host}` : origin;
}
