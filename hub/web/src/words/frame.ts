import { catalogue } from './catalogue';

/** What stands around all screens behind the sign-in, beside the names of places. */
export const frameWords = catalogue(
  {
    home: 'Smart Training: home',
    team: 'Team',
    accountOf: (name: string) => `Account of ${name}`,
    stillIn: (why: string) => `You are still signed in: ${why}`,
  },
  {
    pt: {
      home: 'Smart Training: início',
      team: 'Equipa',
      accountOf: name => `Conta de ${name}`,
      stillIn: why => `A sessão continua aberta: ${why}`,
    },
  },
);
