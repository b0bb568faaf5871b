/** In this order: all of them call themselves Safari as well, most of them Chrome. */
const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['SamsungBrowser', 'Samsung Internet'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Safari', 'Safari'],
] as const;
const SYSTEMS = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const;

/** "Firefox · Windows", of what a browser calls itself; its own words where nobody knows it, null where it says nothing. */
export function browserName(agent: string): string | null {
  const known = [BROWSERS, SYSTEMS].flatMap(names => names.find(([mark]) => agent.includes(mark))?.[1] ?? []);
  return known.join(' · ') || agent || null;
}
