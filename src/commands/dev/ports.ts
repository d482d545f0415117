import { InputError } from '../../errors.js';
import { firstFree, isFree } from '../../net/listening.js';

/** The port that a flag asks for, or the first free one from `fallback` on. @throws InputError when it is taken */
export async function choosePort(
  flag: string,
  wanted: number | undefined,
  fallback: number,
): Promise<number> {
  const port = wanted === undefined ? await firstFree(fallback) : wanted;
  if (port !== undefined && (wanted === undefined || (await isFree(port)))) return port;
  throw new InputError({
    code: 'PORT_TAKEN',
    message:
      port === undefined
        ? `The ports from ${fallback} on are taken.`
        : `Something listens on port ${port} already.`,
    place: flag,
    remedy: `End it, or choose another one with ${flag}.`,
  });
}
