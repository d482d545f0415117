/** A refusal of any kind: a small JSON body with a code and one fixed sentence. */
export function refuse(
  status: number,
  error: string,
  description: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ error, error_description: description }, { status, headers });
}
