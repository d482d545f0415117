/** The part of Cloudflare's own module that the runtime uses. */
declare module 'cloudflare:workers' {
  /** Lets work continue after the response to the current request was sent, or its client has gone. */
  export function waitUntil(work: Promise<unknown>): void;
}
