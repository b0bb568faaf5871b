import { catalogue } from './catalogue';

export const squadWords = catalogue(
  {
    title: 'Squad',
    subtitle: (team: string, days: number) => `${team} · training load of the last ${days} days`,
    what: { squad: 'The squad', loads: 'The training load' },
    chooseTeam: 'Which team?',
    chooseTeamHint: 'Load is compared within one team.',
    noTeam: 'There is no team yet.',
    noTeamHint: 'An administrator adds teams to the club.',
    nobody: 'Nobody is in this team yet.',
    nobodyHint: 'Add athletes to the team: their load follows from their sessions.',
    nothing: 'No session of this team has ended in this time.',
    nothingHint: 'Choose a longer time. Load stands here once sessions have ended.',
    range: 'Time',
    weeks: (count: number) => `${count} weeks`,
    view: 'View',
    views: { cards: 'Charts', table: 'Table' },
    column: {
      athlete: 'Athlete',
      availability: 'Available',
      acute: '7 days',
      chronic: '42 days',
      balance: 'Balance',
      ratio: 'Ratio',
      monotony: 'Monotony',
      known: 'Days known',
    },
    perDay: 'points a day',
    available: 'yes',
    absent: { none: 'cannot train', limited: 'limited' },
    waiting: (count: number) =>
      count === 1
        ? 'One session is still being worked out.'
        : `${count} sessions are still being worked out.`,
    unknownDays: (count: number) => (count === 1 ? '1 day unknown' : `${count} days unknown`),
    describes: 'Load describes what was trained. It foretells no injury.',
  },
  {
    pt: {
      title: 'Plantel',
      subtitle: (team, days) => `${team} · carga de treino dos últimos ${days} dias`,
      what: { squad: 'O plantel', loads: 'A carga de treino' },
      chooseTeam: 'Que equipa?',
      chooseTeamHint: 'A carga compara-se dentro de uma equipa.',
      noTeam: 'Ainda não há equipas.',
      noTeamHint: 'Um administrador adiciona equipas ao clube.',
      nobody: 'Ainda ninguém está nesta equipa.',
      nobodyHint: 'Adicione atletas à equipa: a carga segue das sessões.',
      nothing: 'Nenhuma sessão desta equipa terminou neste período.',
      nothingHint: 'Escolha um período maior. A carga aparece quando as sessões terminam.',
      range: 'Período',
      weeks: count => `${count} semanas`,
      view: 'Vista',
      views: { cards: 'Gráficos', table: 'Tabela' },
      column: {
        athlete: 'Atleta',
        availability: 'Disponível',
        acute: '7 dias',
        chronic: '42 dias',
        balance: 'Saldo',
        ratio: 'Rácio',
        monotony: 'Monotonia',
        known: 'Dias conhecidos',
      },
      perDay: 'pontos por dia',
      available: 'sim',
      absent: { none: 'não pode treinar', limited: 'limitado' },
      waiting: count =>
        count === 1
          ? 'Uma sessão ainda está a ser calculada.'
          : `${count} sessões ainda estão a ser calculadas.`,
      unknownDays: count => (count === 1 ? '1 dia desconhecido' : `${count} dias desconhecidos`),
      describes: 'A carga descreve o que se treinou. Não prevê lesões.',
    },
  },
);
