/** What was asked to go on after its request, in place of `cloudflare:workers`. */
export const kept: Promise<unknown>[] = [];

export function waitUntil(work: Promise<unknown>): void {
  kept.push(work);
}
