import { catalogue } from './catalogue';

/** How a number is computed. */
export const formulaWords = catalogue(
  {
    how: 'How is this computed?',
    howOf: (what: string, athlete: string) => `${what} of ${athlete}: how is it computed?`,
    formula: 'Formula',
    version: 'Version',
    parameters: 'Parameters that day',
    settings: 'Settings',
    coverage: 'Values covered',
    receipt: 'Receipt',
    receiptHint: 'Whoever runs the hub gets all inputs by this id, and the same digits from them:',
    noNumber: 'no number',
    estimate: 'An estimate, not measured.',
    revisedFrom: (before: string, after: string) => `Was ${before}, now ${after}.`,
  },
  {
    pt: {
      how: 'Como é calculado?',
      howOf: (what, athlete) => `${what} de ${athlete}: como é calculado?`,
      formula: 'Fórmula',
      version: 'Versão',
      parameters: 'Parâmetros nesse dia',
      settings: 'Opções',
      coverage: 'Valores cobrem',
      receipt: 'Recibo',
      receiptHint: 'Quem gere o hub obtém por este id todos os dados, e deles os mesmos dígitos:',
      noNumber: 'sem número',
      estimate: 'Uma estimativa, não uma medição.',
      revisedFrom: (before, after) => `Era ${before}, agora é ${after}.`,
    },
  },
);
