import { catalogue } from './catalogue';

/** Two to four athletes beside each other. */
export const compareWords = catalogue(
  {
    title: 'Compare',
    open: 'Compare',
    subtitle: 'The same time, the same scale, one cursor.',
    athlete: (place: number) => `Athlete ${place}`,
    nobody: 'Nobody',
    few: 'Choose at least two athletes.',
    fewHint: 'Their heart rates then stand above each other.',
    noValues: (name: string) => `${name} has no heart rate in this time.`,
    noValuesHint: 'Choose another time, or a longer one.',
    back: 'Back to the live wall',
    athletes: 'The athletes',
  },
  {
    pt: {
      title: 'Comparar',
      open: 'Comparar',
      subtitle: 'O mesmo tempo, a mesma escala, um só cursor.',
      athlete: place => `Atleta ${place}`,
      nobody: 'Ninguém',
      few: 'Escolha pelo menos dois atletas.',
      fewHint: 'As suas frequências cardíacas ficam umas por cima das outras.',
      noValues: name => `${name} não tem frequência cardíaca neste tempo.`,
      noValuesHint: 'Escolha outro tempo, ou um mais longo.',
      back: 'Voltar ao ecrã ao vivo',
      athletes: 'Os atletas',
    },
  },
);
