/** The person at the keyboard has left the wizard (Ctrl-C, Escape, Ctrl-D, or the terminal was closed). */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}
