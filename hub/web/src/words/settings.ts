import { catalogue } from './catalogue';

/** What somebody chooses for herself or himself. */
export const settingsWords = catalogue(
  {
    title: 'Settings',
    what: 'Your settings',
    look: 'Look and language',
    lookHint: 'Yours on every device on which you sign in.',
    theme: 'Theme',
    themes: { auto: 'Auto', light: 'Light', dark: 'Dark' },
    /** In both: whoever cannot read the one reads the other. */
    language: 'Language, Idioma',
    measures: 'Units and calendar',
    measuresHint: 'How masses, lengths, speeds and temperatures read, and where your weeks begin.',
    units: 'Units',
    unit: { metric: 'Metric (kg, m)', imperial: 'Imperial (lb, ft)' },
    temperature: 'Temperatures',
    degree: { celsius: '°C', fahrenheit: '°F' },
    weekStart: 'A week begins on',
    day: { monday: 'Monday', saturday: 'Saturday', sunday: 'Sunday' },
    ids: 'For sharing',
    idsHint: 'An athlete of another club who wants to share values with you asks for one of these.',
    ownId: 'Your own',
    clubId: (club: string) => club,
  },
  {
    pt: {
      title: 'Definições',
      what: 'As suas definições',
      look: 'Aspeto e idioma',
      lookHint: 'Suas em todos os dispositivos em que entrar.',
      theme: 'Tema',
      themes: { auto: 'Auto', light: 'Claro', dark: 'Escuro' },
      language: 'Idioma, Language',
      measures: 'Unidades e calendário',
      measuresHint:
        'Como se leem massas, comprimentos, velocidades e temperaturas, e onde começam as semanas.',
      units: 'Unidades',
      unit: { metric: 'Métricas (kg, m)', imperial: 'Imperiais (lb, ft)' },
      temperature: 'Temperaturas',
      degree: { celsius: '°C', fahrenheit: '°F' },
      weekStart: 'A semana começa ao',
      day: { monday: 'Segunda-feira', saturday: 'Sábado', sunday: 'Domingo' },
      ids: 'Para partilhar',
      idsHint: 'Um atleta de outro clube que queira partilhar valores consigo pede um destes.',
      ownId: 'O seu',
      clubId: club => club,
    },
  },
);
