import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type Provider from 'oidc-provider';
import { consentPage, errorPage, loginPage, type PageSetting } from './pages.js';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** The size limit of a form, in bytes; ours are shorter. */
const maxForm = 4096;

/** Serves `/interaction/<uid>`: shows the login or consent page, and handles its form. */
export async function interact(
  provider: Provider,
  setting: PageSetting,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let interaction: Interaction;
  try {
    interaction = await provider.interactionDetails(request, response);
  } catch {
    send(response, 400, errorPage(setting, expired));
    return;
  }
  if (request.method === 'POST') await take(provider, setting, interaction, request, response);
  else send(response, 200, await ask(provider, setting, interaction));
}

const expired =
  'This sign-in has ended or was started in another browser. Go back to the application and start again.';

async function ask(
  provider: Provider,
  setting: PageSetting,
  interaction: Interaction,
): Promise<string> {
  const { params, prompt, session } = interaction;
  const client = await clientOf(provider, params);
  if (prompt.name === 'login')
    return loginPage(setting, { ...client, user: valuesOf(params.login_hint)[0] ?? 'alice' });
  const scopes = scopesOf(params);
  return consentPage(setting, { ...client, user: session?.accountId ?? '', scopes });
}

async function clientOf(provider: Provider, params: Readonly<Record<string, unknown>>) {
  const [id = ''] = valuesOf(params.client_id);
  const [redirectUri = ''] = valuesOf(params.redirect_uri);
  const client = await provider.Client.find(id);
  return { client: client?.clientName ?? id, redirectUri };
}

async function take(
  provider: Provider,
  setting: PageSetting,
  interaction: Interaction,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const form = await readForm(request);
  const finish = (result: Parameters<Provider['interactionFinished']>[2]) =>
    provider.interactionFinished(request, response, result);
  if (form?.get('action') === 'deny')
    return finish({
      error: 'access_denied',
      error_description: 'The user denied access.',
    });
  if (interaction.prompt.name !== 'login') {
    const { grantId } = await agreeTo(interaction, provider);
    return finish({ consent: { grantId } });
  }
  const accountId = form?.get('user')?.trim() ?? '';
  if (accountId === '' || accountId.length > 64)
    send(response, 400, errorPage(setting, 'A user name must have 1 to 64 characters.'));
  else await finish({ login: { accountId } });
}

/** A user's consent to one authorization request. */
export interface Consent {
  readonly clientId: string;
  readonly user: string;
  readonly scopes: readonly string[];
}

/** Records that a user consented to everything in an authorization request. */
export async function agreeTo(
  { params, session, grantId }: Interaction,
  provider: Provider,
): Promise<Consent & { readonly grantId: string }> {
  const user = session?.accountId;
  if (user === undefined) throw new Error('No user is signed in.');
  const clientId = valuesOf(params.client_id).join();
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = known ?? new provider.Grant({ accountId: user, clientId });
  const scopes = scopesOf(params);
  grant.addOIDCScope(scopes.join(' '));
  for (const resource of valuesOf(params.resource))
    grant.addResourceScope(resource, scopes.join(' '));
  return { clientId, user, scopes, grantId: await grant.save() };
}

/** A parameter of an authorization request, which may be missing or repeated. */
export function valuesOf(parameter: unknown): string[] {
  return [parameter].flat().filter((value) => typeof value === 'string');
}

/** The scopes of an authorization request. */
function scopesOf(parameters: Readonly<Record<string, unknown>>): string[] {
  return valuesOf(parameters.scope)
    .flatMap((scope) => scope.split(' '))
    .filter(Boolean);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  return length <= maxForm ? new URLSearchParams(await text(request)) : undefined;
}

function send(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // The pages have no script. A form is posted to this server, which redirects the browser to the client. Browsers
    // apply form-action to that redirect too, so the policy cannot contain it.
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(page);
}
