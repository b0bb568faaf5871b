/** Light, dark, or as the system says. The choice is this device's: it is not told to the hub. */

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'sts-theme'; // public/theme.js reads the same key before the first paint
const listeners = new Set<() => void>();

export function currentTheme(): Theme {
  const told = document.documentElement.dataset['theme'];
  return told === 'light' || told === 'dark' ? told : 'auto';
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  remember(theme);
  for (const listener of listeners) listener();
}

/** Tells when colours may have changed: a choice here, a change of the system's theme or of forced colours. */
export function subscribeTheme(listener: () => void): () => void {
  const queries = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map(query => matchMedia(query));
  listeners.add(listener);
  for (const query of queries) query.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    for (const query of queries) query.removeEventListener('change', listener);
  };
}

function remember(theme: Theme): void {
  try {
    if (theme === 'auto') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // storage is blocked: the choice lasts as long as the page
  }
}
