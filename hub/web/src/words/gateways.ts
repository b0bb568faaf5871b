import { catalogue } from './catalogue';

/** What the wall tells of each gateway at a tap. */
export const gatewayWords = catalogue(
  {
    title: 'Gateways',
    state: { ok: 'well', degraded: 'degraded', failed: 'failed', silent: 'silent', never: 'never heard' },
    sensors: (count: number) => (count === 1 ? '1 sensor' : `${count} sensors`),
    heard: (age: string) => `heard ${age} ago`,
    waiting: (count: number) => (count === 1 ? '1 record waiting' : `${count} records waiting`),
  },
  {
    pt: {
      title: 'Gateways',
      state: {
        ok: 'bem',
        degraded: 'degradado',
        failed: 'falhou',
        silent: 'em silêncio',
        never: 'nunca ouvido',
      },
      sensors: count => (count === 1 ? '1 sensor' : `${count} sensores`),
      heard: age => `ouvido há ${age}`,
      waiting: count => (count === 1 ? '1 registo à espera' : `${count} registos à espera`),
    },
  },
);
