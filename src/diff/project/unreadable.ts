/** A file of a project is not what this program prints. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  /** Where in the file: an offset in characters. */
  readonly position: number;

  /** @param reason what is there instead, to follow a colon */
  constructor(reason: string, position = 0) {
    super(reason);
    this.position = position;
  }
}
