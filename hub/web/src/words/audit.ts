import { catalogue } from './catalogue';

/** Who read or changed what of the club. */
export const auditWords = catalogue(
  {
    title: 'Audit',
    hint: 'Who read or changed what, the newest first. Reading counts once a minute; no value and no text is kept.',
    what: 'The audit',
    filters: 'Show only',
    account: 'Who',
    everybody: 'Everybody',
    athlete: 'About',
    anybody: 'Anybody and anything',
    kind: { legend: 'What', all: 'All', read: 'Read', changed: 'Changed' },
    from: 'From',
    to: 'To, included',
    none: 'Nothing of this kind is noted',
    noneHint: 'Choose fewer filters, or other days.',
    column: { at: 'When', who: 'Who', act: 'Did', athlete: 'Athlete', things: 'With' },
    gone: 'an account that is gone',
    more: 'Earlier ones',
  },
  {
    pt: {
      title: 'Auditoria',
      hint: 'Quem leu ou alterou o quê, o mais recente primeiro. Ler conta uma vez por minuto; nenhum valor ou texto fica guardado.',
      what: 'A auditoria',
      filters: 'Mostrar só',
      account: 'Quem',
      everybody: 'Todos',
      athlete: 'Sobre',
      anybody: 'Qualquer um',
      kind: { legend: 'O quê', all: 'Tudo', read: 'Lido', changed: 'Alterado' },
      from: 'De',
      to: 'Até, incluído',
      none: 'Nada disto está anotado',
      noneHint: 'Escolha menos filtros, ou outros dias.',
      column: { at: 'Quando', who: 'Quem', act: 'Fez', athlete: 'Atleta', things: 'Com' },
      gone: 'uma conta que já não existe',
      more: 'Anteriores',
    },
  },
);
