/**
 * The `Authorization` header of a client with a secret: both are form-encoded before they are joined (RFC 6749
 * section 2.3.1).
 */
export function clientBasic(id: string, secret: string): string {
  const pair = [id, secret].map(formEncode).join(':');
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
