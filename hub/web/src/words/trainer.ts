import { catalogue } from './catalogue';

/** What athletes of other teams and clubs gave a personal trainer. */
export const trainerWords = catalogue(
  {
    title: 'My athletes',
    subtitle: 'What athletes of other teams and clubs let you see, now and before',
    what: { athletes: 'Your athletes', athlete: 'This athlete' },
    nobody: 'Nobody has granted you anything yet.',
    nobodyHint:
      'Give your athletes the number below. They grant you metrics and a time under “Privacy”, and see when you look.',
    number: 'Your number, for athletes who grant you something',
    copy: 'Copy',
    copied: 'Copied',
    since: (day: string) => `measured since ${day}`,
    until: (day: string) => `measured until ${day}`,
    ends: (day: string) => `ends on ${day}`,
    forever: 'until it is revoked',
    open: (name: string) => `Charts of ${name}`,
    charts: 'Charts',
    back: 'All my athletes',
    metric: { heart_rate: 'heart rate', rr_interval: 'beat-to-beat intervals' },
    noChart: 'None of what was granted can be drawn here.',
    noChartHint: 'Heart rate and beat-to-beat intervals can. Ask the athlete to grant them.',
    gone: 'This is granted no more.',
    goneHint: 'It has ended or was revoked. The list shows what you may see.',
  },
  {
    pt: {
      title: 'Os meus atletas',
      subtitle: 'O que atletas de outras equipas e clubes o deixam ver, agora e antes',
      what: { athletes: 'Os seus atletas', athlete: 'Este atleta' },
      nobody: 'Ainda ninguém lhe concedeu nada.',
      nobodyHint:
        'Dê aos seus atletas o número abaixo. Eles concedem-lhe métricas e um período em “Privacidade”, e veem quando consulta.',
      number: 'O seu número, para atletas que lhe concedem algo',
      copy: 'Copiar',
      copied: 'Copiado',
      since: day => `medido desde ${day}`,
      until: day => `medido até ${day}`,
      ends: day => `termina em ${day}`,
      forever: 'até ser revogado',
      open: name => `Gráficos de ${name}`,
      charts: 'Gráficos',
      back: 'Todos os meus atletas',
      metric: { heart_rate: 'frequência cardíaca', rr_interval: 'intervalos entre batimentos' },
      noChart: 'Nada do que foi concedido se pode desenhar aqui.',
      noChartHint: 'A frequência cardíaca e os intervalos entre batimentos podem. Peça-os ao atleta.',
      gone: 'Isto já não está concedido.',
      goneHint: 'Terminou ou foi revogado. A lista mostra o que pode ver.',
    },
  },
);
