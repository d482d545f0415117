/**
 * The caller's arguments cannot become a request. The message is one or more sentences that name the
 * argument, for the model to read and mend; it never repeats a value.
 */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}
