import { setTimeout as pause } from 'node:timers/promises';
import type { JWK } from 'jose';
import type { StaticIssuer } from '../support/tokens.js';
import type { Call } from './calls.js';
import type { Outcome } from './outcome.js';

/** How long the server pauses after it requested the keys, plus a margin. */
const COOLDOWN = 31_500;

/** The current responses to a token with an unknown key; undefined: they depend on when the keys are requested again. */
export type Strangers = readonly number[] | undefined;

/** The key may be newer than the server's key set; after the next request for the keys, the server knows. */
const ROTATED = [401, 503];

/** Makes a call with a token, at once. */
export type Probe = (token: string) => Promise<Outcome>;

/** The provider's side of the soak: rotations and outages, each seen to have reached the server. */
export class Provider {
  readonly #issuer: StaticIssuer;
  readonly #audience: string;
  readonly #probe: Probe;
  readonly faults: string[] = [];
  probes = 0;
  strangers: Strangers = undefined;
  /** Pending requests with an unknown key: each can make the server request the keys. */
  strangersOut = 0;
  #asked = 0;
  #askedAt = 0;
  /** A long-lived token for each key that was in use, the latest last. */
  readonly #generations: string[] = [];
  readonly #watch: NodeJS.Timeout;

  constructor(issuer: StaticIssuer, audience: string, probe: Probe) {
    this.#issuer = issuer;
    this.#audience = audience;
    this.#probe = probe;
    this.#watch = setInterval(() => this.#look(), 20);
  }

  /** Signs with a new key from now on, and withdraws all but the one before it. */
  async rotate(): Promise<void> {
    await this.#cooledDown();
    this.#generations.push(await this.#sign());
    await this.#issuer.rotate({ keep: true });
    const { keys } = this.#issuer.documents.get(this.#issuer.paths.jwks) as { keys: JWK[] };
    keys.splice(2);
    await this.#expect('a token of the new key', await this.#sign(), 200);
    const withdrawn = this.#generations.at(-2);
    if (withdrawn !== undefined) await this.#expect('a token of a withdrawn key', withdrawn, 401);
    await this.#expect('a token of the key before', this.#generations.at(-1) ?? '', 200);
    this.strangers = ROTATED;
  }

  /** Fails, and waits until the server has noticed. */
  async breakDown(outage: StaticIssuer['outage']): Promise<void> {
    await this.#cooledDown();
    this.#issuer.outage = outage;
    await this.#expect('an unknown key in an outage', await this.signAsStranger(), 503);
    this.strangers = [503];
  }

  /** Works again; the server decides when it requests the keys again. */
  async recover(): Promise<void> {
    this.strangers = undefined;
    while (this.strangersOut > 0) await pause(20);
    this.#issuer.outage = 'none';
  }

  /** A token with an unknown key id. */
  signAsStranger(): Promise<string> {
    return this.#sign({ kid: crypto.randomUUID() });
  }

  close(): void {
    clearInterval(this.#watch);
  }

  async #expect(what: string, token: string, status: number): Promise<void> {
    this.probes += 1;
    const outcome = await this.#probe(token);
    const seen = outcome.kind === 'refused' ? outcome.status : outcome.kind === 'result' ? 200 : 0;
    if (seen !== status) this.faults.push(`${what}: ${seen}, not ${status}`);
  }

  #sign(header: Record<string, unknown> = {}): Promise<string> {
    const exp = Math.floor(Date.now() / 1000) + 24 * 3600;
    const claims = { aud: this.#audience, sub: 'probe', scope: 'echo.read', exp };
    return this.#issuer.sign(claims, header);
  }

  /** No call may make the server request the keys while this waits for the end of its pause. */
  async #cooledDown(): Promise<void> {
    this.strangers = undefined;
    do {
      await pause(50);
      this.#look();
    } while (this.strangersOut > 0 || Date.now() - this.#askedAt < COOLDOWN);
  }

  #look(): void {
    const { oauth, openid, jwks } = this.#issuer.paths;
    const asked = [oauth, openid, jwks].reduce((sum, path) => sum + this.#issuer.fetched(path), 0);
    // An attempt at a hanging provider ends after five seconds; the pause begins at its end.
    const hangs = this.#issuer.outage === 'hang' ? 5500 : 0;
    if (asked !== this.#asked) this.#askedAt = Date.now() + hangs;
    this.#asked = asked;
  }
}

/** The call that probes make. */
export const probeCall = (marker: string): Call => ({
  kind: 'read',
  marker,
  tool: 'read_echo',
  args: { marker },
});
