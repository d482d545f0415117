/** The promises passed to `waitUntil`, in place of `cloudflare:workers`. */
export const kept: Promise<unknown>[] = [];

export function waitUntil(work: Promise<unknown>): void {
  kept.push(work);
}
