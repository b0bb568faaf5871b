import { catalogue } from './catalogue';

/** Training load by days. */
export const loadWords = catalogue(
  {
    measure: 'Load by',
    measures: {
      edwards: 'Heart-rate zones (Edwards)',
      banister: 'Heart-rate reserve (Banister)',
      lucia: 'Three zones (Lucía)',
      session_rpe: 'Rating × minutes (session-RPE)',
    },
    chart: (name: string, acute: string, chronic: string) =>
      `Load of ${name} by days. Mean of 7 days ${acute}, of 42 days ${chronic} points a day.`,
    dayLoad: (day: string, load: string) => `${day}: ${load}`,
    rest: 'rest',
    unknown: 'not known',
    legend: {
      bars: 'load of a day',
      acute: 'mean of 7 days',
      chronic: 'mean of 42 days',
      unknown: 'a session whose load is not known',
    },
  },
  {
    pt: {
      measure: 'Carga por',
      measures: {
        edwards: 'Zonas de frequência cardíaca (Edwards)',
        banister: 'Reserva cardíaca (Banister)',
        lucia: 'Três zonas (Lucía)',
        session_rpe: 'Avaliação × minutos (session-RPE)',
      },
      chart: (name, acute, chronic) =>
        `Carga de ${name} por dias. Média de 7 dias ${acute}, de 42 dias ${chronic} pontos por dia.`,
      dayLoad: (day, load) => `${day}: ${load}`,
      rest: 'descanso',
      unknown: 'desconhecida',
      legend: {
        bars: 'carga de um dia',
        acute: 'média de 7 dias',
        chronic: 'média de 42 dias',
        unknown: 'uma sessão de carga desconhecida',
      },
    },
  },
);
