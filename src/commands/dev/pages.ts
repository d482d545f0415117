import Handlebars from 'handlebars';
import { own } from '../../json.js';

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

handlebars.registerPartial(
  'style',
  `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --line: #d1d9e0; --paper: #fff; --ground: #f3f5f8;
  --accent: #1f5fd0; --accent-ink: #fff; --note: #fff7e0; --note-line: #e9d8a0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf1; --soft: #9aa5b1; --line: #3a424c; --paper: #1c2128;
  --ground: #12161b; --accent: #6ea2ff; --accent-ink: #0d1117; --note: #2b2616; --note-line: #55491f; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px 16px; background: var(--ground);
  color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { width: 100%; max-width: 432px; background: var(--paper); border: 1px solid var(--line); border-radius: 12px;
  padding: 32px; box-shadow: 0 8px 24px rgb(0 0 0 / 6%); }
.brand { display: flex; align-items: center; gap: 12px; margin-bottom: 24px; font-weight: 600; }
.brand span { display: grid; place-items: center; width: 40px; height: 40px; border-radius: 10px; flex: none;
  background: var(--accent); color: var(--accent-ink); font-size: 18px; text-transform: uppercase; }
h1 { margin: 0 0 8px; font-size: 22px; line-height: 1.3; overflow-wrap: anywhere; }
p { margin: 0 0 16px; overflow-wrap: anywhere; }
.soft { color: var(--soft); font-size: 14px; }
label { display: block; margin-bottom: 6px; font-weight: 600; font-size: 14px; }
input { width: 100%; padding: 10px 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--paper);
  color: inherit; font: inherit; }
ul { list-style: none; margin: 0 0 20px; padding: 0; border: 1px solid var(--line); border-radius: 8px; }
li { padding: 12px 16px; overflow-wrap: anywhere; }
li + li { border-top: 1px solid var(--line); }
code { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; color: var(--soft); }
dl { margin: 0 0 20px; font-size: 14px; display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.buttons { display: flex; gap: 12px; margin-top: 20px; }
button { flex: 1; padding: 11px 16px; border-radius: 8px; border: 1px solid var(--line); background: transparent;
  color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
:is(button, input):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
aside { margin-top: 24px; padding: 10px 14px; border: 1px solid var(--note-line); border-radius: 8px;
  background: var(--note); font-size: 13px; }
`,
);

handlebars.registerPartial(
  'page',
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{heading}} · {{title}}</title>
<style>{{> style}}</style>
</head>
<body>
<main>
<div class="brand"><span aria-hidden="true">{{initial}}</span>{{title}}</div>
{{> @partial-block}}
<aside>A sign-in for development, on this machine. Any user name is accepted, and nothing is stored.</aside>
</main>
</body>
</html>
`,
);

const templates = {
  login: `{{#> page heading="Sign in"}}
<h1>Sign in</h1>
<p class="soft">to continue to <strong>{{client}}</strong></p>
<form method="post">
<label for="user">User name</label>
<input id="user" name="user" value="{{user}}" autocomplete="username" autocapitalize="none" spellcheck="false"
  maxlength="64" required autofocus>
<div class="buttons">
<button class="primary" name="action" value="login">Continue</button>
</div>
</form>
{{/page}}`,
  consent: `{{#> page heading="Allow access"}}
<h1>{{client}} wants to use {{title}}</h1>
<p class="soft">You are signed in as <strong>{{user}}</strong>. It will be able to:</p>
<ul>
{{#each wanted}}
<li>{{#if description}}{{description}}<br>{{/if}}<code>{{scope}}</code></li>
{{else}}
<li>Call the tools that need no extra permission</li>
{{/each}}
</ul>
<dl><dt>Returns to</dt><dd>{{destination}}</dd></dl>
<form method="post">
<div class="buttons">
<button name="action" value="deny" formnovalidate>Deny</button>
<button class="primary" name="action" value="allow">Allow</button>
</div>
</form>
{{/page}}`,
  error: `{{#> page heading="Sign-in failed"}}
<h1>This did not work</h1>
<p>{{message}}</p>
{{/page}}`,
};

const compiled = {
  login: handlebars.compile(templates.login),
  consent: handlebars.compile(templates.consent),
  error: handlebars.compile(templates.error),
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
  if (!URL.canParse(redirectUri)) return redirectUri;
  const { host, origin, protocol } = new URL(redirectUri);
  if (host === '') return protocol;
  return origin === 'null' ? `${protocol}//${host}` : origin;
}
