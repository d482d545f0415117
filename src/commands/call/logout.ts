import { createFetch } from '../../net/reach.js';
import type { SignInStore, StoredSignIn } from './store.js';

/** How long a revocation may take, in milliseconds; whoever wants to forget does not want to wait. */
const patience = 5000;

/** Forgets what is stored of a server, and has its tokens revoked where that is offered (RFC 7009). */
export async function logout(resource: string, store: SignInStore): Promise<number> {
  const forgotten = await store.forget(resource);
  await Promise.all(forgotten.map(revoke));
  return forgotten.length;
}

/** What cannot be revoked is forgotten all the same. */
async function revoke({ resource, tokens, client, discovery }: StoredSignIn): Promise<void> {
  const metadata: Readonly<Record<string, unknown>> = { ...discovery?.authorizationServerMetadata };
  const { revocation_endpoint: endpoint } = metadata;
  const token = tokens?.refresh_token ?? tokens?.access_token;
  if (typeof endpoint !== 'string' || token === undefined || client === undefined) return;
  await createFetch(new URL(resource))(endpoint, {
    method: 'POST',
    body: new URLSearchParams({ token, client_id: client.client_id }),
    signal: AbortSignal.timeout(patience),
  }).catch(() => undefined);
}
