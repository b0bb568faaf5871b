import { catalogue } from './catalogue';

/** What people call the quantities that are measured most; the others are told as the API names them. */
export const metricWords = catalogue(
  {
    heart_rate: 'Heart rate',
    rr_interval: 'Beat-to-beat intervals',
    respiratory_rate: 'Breathing',
    body_temperature: 'Body temperature',
    skin_temperature: 'Skin temperature',
    oxygen_saturation: 'Oxygen saturation',
    speed: 'Speed',
    distance: 'Distance',
    cadence: 'Cadence',
    power: 'Power',
    body_mass: 'Body mass',
    body_fat: 'Body fat',
  },
  {
    pt: {
      heart_rate: 'Frequência cardíaca',
      rr_interval: 'Intervalos entre batimentos',
      respiratory_rate: 'Respiração',
      body_temperature: 'Temperatura corporal',
      skin_temperature: 'Temperatura da pele',
      oxygen_saturation: 'Saturação de oxigénio',
      speed: 'Velocidade',
      distance: 'Distância',
      cadence: 'Cadência',
      power: 'Potência',
      body_mass: 'Massa corporal',
      body_fat: 'Gordura corporal',
    },
  },
);

/** "heart_rate" as people read it. */
export function metricName(words: (typeof metricWords)['en'], metric: string): string {
  const known: Readonly<Record<string, string>> = words;
  return known[metric] ?? metric.replaceAll('_', ' ');
}
