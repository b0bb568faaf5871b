import { catalogue } from './catalogue';

/** The places of the app, as the rail and the tabs call them. */
export const placeWords = catalogue(
  {
    navigation: 'Places',
    account: 'Account and security',
    settings: 'Settings',
    help: 'Help',
    signOut: 'Sign out',
    live: 'Live',
    today: 'Today',
    trends: 'Trends',
    privacy: 'Privacy',
    sessions: 'Sessions',
    squad: 'Squad',
    people: 'People',
    club: 'Club',
    alarms: 'Alarms',
    results: 'Results',
    season: 'Season',
  },
  {
    pt: {
      navigation: 'Lugares',
      account: 'Conta e segurança',
      settings: 'Definições',
      help: 'Ajuda',
      signOut: 'Sair',
      live: 'Ao vivo',
      today: 'Hoje',
      trends: 'Tendências',
      privacy: 'Privacidade',
      sessions: 'Sessões',
      squad: 'Plantel',
      people: 'Pessoas',
      club: 'Clube',
      alarms: 'Alarmes',
      results: 'Resultados',
      season: 'Época',
    },
  },
);
