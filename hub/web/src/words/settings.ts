import { catalogue } from './catalogue';

/** What somebody chooses for herself or himself. */
export const settingsWords = catalogue(
  {
    theme: 'Theme',
    themes: { auto: 'Auto', light: 'Light', dark: 'Dark' },
    /** In both: whoever cannot read the one reads the other. */
    language: 'Language, Idioma',
  },
  {
    pt: {
      theme: 'Tema',
      themes: { auto: 'Auto', light: 'Claro', dark: 'Escuro' },
      language: 'Idioma, Language',
    },
  },
);
