/** Thirty invented athletes whose heart rate is a function of time: the same second always gives the same value. */
import type { components } from '../src/api/schema.d.ts';

type Schemas = components['schemas'];
export type Quality = Schemas['LiveValue']['quality'];

export interface StubAthlete {
  id: string;
  number: number;
  name: string;
  hr_max: number;
  team_id: string;
  sensor: { id: number; label: string; kind: string };
}

const NAMES = (
  'A. Silva,B. Costa,C. Nunes,D. Sousa,E. Rocha,F. Lima,G. Pinto,H. Reis,I. Oliveira,J. Moreira,K. Teixeira,L. Barros,' +
  'M. Cardoso,N. Freitas,O. Vasconcelos,P. Matos,Q. Cruz,R. Antunes,S. Figueiredo,T. Leal,U. Brito,V. Coelho,' +
  'W. Azevedo,X. Loureiro,Y. Guerra,Z. Paiva,A. Monteiro,B. Queiroz,C. Tavares,D. Esteves'
).split(',');

export const CLUB = { id: uuid(9000), name: 'Atlético do Vale' };
export const TEAMS = [
  { id: uuid(9001), name: 'First team' },
  { id: uuid(9002), name: 'Under 19' },
];

export const SQUAD: readonly StubAthlete[] = NAMES.map((name, index) => ({
  id: uuid(index + 1),
  number: index + 1,
  name,
  hr_max: 182 + ((index * 7) % 24),
  team_id: uuid(index < 18 ? 9001 : 9002),
  sensor: { id: 100 + index, label: `hr-${String(index + 1).padStart(2, '0')}`, kind: 'heart_rate' },
}));

/** Intervals of ninety seconds, shifted and scaled for each athlete, so that all zones are on the wall at any time. */
export function heartRateAt(athlete: StubAthlete, tMs: number): number {
  const seconds = tMs / 1000 + athlete.number * 17;
  const level = 0.6 + 0.06 * (athlete.number % 6);
  const effort =
    0.09 * Math.sin((2 * Math.PI * seconds) / 90) + 0.04 * Math.sin((2 * Math.PI * seconds) / 420);
  const breath = 0.008 * Math.sin((2 * Math.PI * seconds) / 4.3);
  return Math.round(athlete.hr_max * Math.min(0.99, level + effort + breath));
}

function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}
