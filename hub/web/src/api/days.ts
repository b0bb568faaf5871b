/** Days as the API names them. */

const two = (part: number) => String(part).padStart(2, '0');

/** A local day as YYYY-MM-DD. */
export function isoDay(day: Date): string {
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
