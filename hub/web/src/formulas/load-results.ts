/** What is shown of the last day: by which formula it is told, and with how many digits after the point. */
export const LOAD_RESULTS = {
  acute: { formula: 'fitness_fatigue', digits: 0 },
  chronic: { formula: 'fitness_fatigue', digits: 0 },
  balance: { formula: 'fitness_fatigue', digits: 0 },
  ratio: { formula: 'acute_chronic_ratio', digits: 2 },
  monotony: { formula: 'monotony', digits: 1 },
} as const;
export type LoadOutput = keyof typeof LOAD_RESULTS;
export const LOAD_OUTPUTS = [
  'acute',
  'chronic',
  'balance',
  'ratio',
  'monotony',
] as const satisfies readonly LoadOutput[];
