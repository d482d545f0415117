/** The part of Cloudflare's own module that the runtime uses. */
declare module 'cloudflare:workers' {
  /** Lets work go on after the response of the current request was sent, or is no longer waited for. */
  export function waitUntil(work: Promise<unknown>): void;
}
