import { catalogue } from './catalogue';

/** How the way to the hub is. Part of the first paint: what is said of a broken network cannot be fetched over it. */
export const linkWords = catalogue(
  {
    flowing: 'Connected',
    mute: 'No data',
    connecting: 'Connecting',
    away: 'No connection',
    offline: 'Offline',
    interrupted: 'Interrupted',
    trouble: {
      offline: 'This device is offline.',
      away: 'No connection to the hub, trying again.',
      mute: 'Nothing is coming from the hub.',
    },
    gap: {
      database_away: 'The hub’s database is away. Values are kept and stored when it is back.',
      broker_away: 'The hub’s message broker is away. Gateways keep their values until it is back.',
      missed: 'This device missed some values.',
    },
    gapOther: (reason: string) => `Live values are interrupted (${reason}).`,
    since: (at: string) => `Since ${at}.`,
    noValue: 'No value yet.',
    lastValue: (age: string, at: string) => `Last value ${age} ago, ${at}.`,
  },
  {
    pt: {
      flowing: 'Ligado',
      mute: 'Sem dados',
      connecting: 'A ligar',
      away: 'Sem ligação',
      offline: 'Sem rede',
      interrupted: 'Interrompido',
      trouble: {
        offline: 'Este dispositivo está sem rede.',
        away: 'Sem ligação ao servidor, a tentar de novo.',
        mute: 'Não chega nada do servidor.',
      },
      gap: {
        database_away:
          'A base de dados do servidor está em baixo. Os valores são guardados e entram quando voltar.',
        broker_away: 'O broker do servidor está em baixo. Os gateways guardam os valores até que volte.',
        missed: 'Este dispositivo perdeu alguns valores.',
      },
      gapOther: reason => `Os valores ao vivo estão interrompidos (${reason}).`,
      since: at => `Desde ${at}.`,
      noValue: 'Ainda sem valores.',
      lastValue: (age, at) => `Último valor há ${age}, ${at}.`,
    },
  },
);
