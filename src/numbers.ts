/** A whole number with thousands separators: `12,345`. Loading the locales of `Intl` would take longer than a plan. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number and its noun: `1 tool`, `1,200 tools`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}
