import { catalogue } from './catalogue';

/** The places of the app, as the rail and the tabs call them. */
export const placeWords = catalogue(
  {
    navigation: 'Places',
    live: 'Live',
    sessions: 'Sessions',
    squad: 'Squad',
    alarms: 'Alarms',
  },
  {
    pt: {
      navigation: 'Lugares',
      live: 'Ao vivo',
      sessions: 'Sessões',
      squad: 'Plantel',
      alarms: 'Alarmes',
    },
  },
);
