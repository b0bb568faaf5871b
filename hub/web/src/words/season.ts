import { catalogue } from './catalogue';

/** A team over a season, as its director sees it. */
export const seasonWords = catalogue(
  {
    title: 'Season',
    subtitle: (weeks: number) => `The teams as groups, week by week, over ${weeks} weeks`,
    what: { teams: 'The teams', team: 'This team', results: 'The results' },
    noTeam: 'There is no team yet.',
    noTeamHint: 'An administrator adds teams to the club under “People”.',
    nothing: 'Nothing is told of this team in this time.',
    nothingHint: 'Choose a longer time, or look again once sessions have ended.',
    athletes: (count: number) => (count === 1 ? '1 athlete' : `${count} athletes`),
    range: 'Time',
    weeks: (count: number) => `${count} weeks`,
    absentNow: (injury: number, illness: number, other: number) =>
      `Away today: ${injury} injured, ${illness} ill, ${other} for other reasons`,
    tooFew:
      'Fewer than five athletes: means and absences are not told, since they would be of single people.',
    waiting: (count: number) =>
      count === 1 ? 'One number is still being worked out.' : `${count} numbers are still being worked out.`,
    told: {
      attendance: 'Attendance',
      load: 'Load',
      wellness: 'Wellness',
      coverage: 'Coverage',
      absent: 'Absent',
    },
    unit: { attendance: '%', load: 'points a week', wellness: '1 to 5', coverage: '%', absent: 'athletes' },
    how: {
      attendance: 'Places taken on the rosters of ended sessions, of all there were.',
      load: 'Mean of the athletes’ sums, of those whose every session is known.',
      wellness: 'Mean of the answers of the morning form; 5 is best.',
      coverage: 'Share of the sessions’ time with heart rates.',
      absent: 'Athletes who could not train, or not fully, on a day of the week.',
    },
    chart: (name: string, latest: string) => `${name} by weeks. Last week told: ${latest}.`,
    ofWeek: (week: string, value: string) => `Week of ${week}: ${value}`,
    untold: 'not told',
    latest: 'last week told',
    column: { week: 'Week of', sessions: 'Sessions', matches: 'Matches' },
    table: 'The same numbers as a table',
    tableOf: (team: string) => `Weeks of ${team}`,
    results: 'Results of this time',
    noResults: 'No results of this time.',
    record: (won: number, drawn: number, lost: number) => `${won} won, ${drawn} drawn, ${lost} lost`,
    places: (firsts: number, podium: number, all: number) =>
      `${firsts} first places, ${podium} among the first three, ${all} results of athletes`,
    outcome: { won: 'won', drawn: 'drawn', lost: 'lost' },
    against: (opponent: string) => `against ${opponent}`,
    describes: 'These numbers describe groups and what was trained. They foretell nothing.',
  },
  {
    pt: {
      title: 'Época',
      subtitle: weeks => `As equipas como grupos, semana a semana, em ${weeks} semanas`,
      what: { teams: 'As equipas', team: 'Esta equipa', results: 'Os resultados' },
      noTeam: 'Ainda não há equipas.',
      noTeamHint: 'Um administrador adiciona equipas ao clube em “Pessoas”.',
      nothing: 'Nada se sabe desta equipa neste período.',
      nothingHint: 'Escolha um período maior, ou volte quando houver sessões terminadas.',
      athletes: count => (count === 1 ? '1 atleta' : `${count} atletas`),
      range: 'Período',
      weeks: count => `${count} semanas`,
      absentNow: (injury, illness, other) =>
        `Ausentes hoje: ${injury} por lesão, ${illness} por doença, ${other} por outros motivos`,
      tooFew: 'Menos de cinco atletas: médias e ausências não se dizem, porque seriam de pessoas concretas.',
      waiting: count =>
        count === 1
          ? 'Um número ainda está a ser calculado.'
          : `${count} números ainda estão a ser calculados.`,
      told: {
        attendance: 'Presenças',
        load: 'Carga',
        wellness: 'Bem-estar',
        coverage: 'Cobertura',
        absent: 'Ausentes',
      },
      unit: {
        attendance: '%',
        load: 'pontos por semana',
        wellness: '1 a 5',
        coverage: '%',
        absent: 'atletas',
      },
      how: {
        attendance: 'Lugares ocupados nas listas das sessões terminadas, de todos os que havia.',
        load: 'Média das somas dos atletas de quem se conhecem todas as sessões.',
        wellness: 'Média das respostas do questionário da manhã; 5 é o melhor.',
        coverage: 'Parte do tempo das sessões com frequência cardíaca.',
        absent: 'Atletas que num dia da semana não puderam treinar, ou só em parte.',
      },
      chart: (name, latest) => `${name} por semanas. Última semana conhecida: ${latest}.`,
      ofWeek: (week, value) => `Semana de ${week}: ${value}`,
      untold: 'não se diz',
      latest: 'última semana conhecida',
      column: { week: 'Semana de', sessions: 'Sessões', matches: 'Jogos' },
      table: 'Os mesmos números em tabela',
      tableOf: team => `Semanas de ${team}`,
      results: 'Resultados deste período',
      noResults: 'Sem resultados deste período.',
      record: (won, drawn, lost) => `${won} vitórias, ${drawn} empates, ${lost} derrotas`,
      places: (firsts, podium, all) =>
        `${firsts} primeiros lugares, ${podium} entre os três primeiros, ${all} resultados de atletas`,
      outcome: { won: 'vitória', drawn: 'empate', lost: 'derrota' },
      against: opponent => `contra ${opponent}`,
      describes: 'Estes números descrevem grupos e o que se treinou. Não preveem nada.',
    },
  },
);
