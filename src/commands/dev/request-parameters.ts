/** A parameter of an authorization request, which may be missing or be there several times. */
export function valuesOf(parameter: unknown): string[] {
  return [parameter].flat().filter((value) => typeof value === 'string');
}

/** The scopes of an authorization request. */
export function scopesOf(parameters: Readonly<Record<string, unknown>>): string[] {
  return valuesOf(parameters.scope)
    .flatMap((scope) => scope.split(' '))
    .filter(Boolean);
}
