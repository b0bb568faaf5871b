import { catalogue } from './catalogue';

/** An address that leads nowhere, and a page that failed. */
export const routeWords = catalogue(
  {
    notFound: 'Not found',
    noPage: 'There is no such page.',
    noPageHint: 'The address may be mistyped, or older than this version.',
    toStart: 'Go to the beginning',
    fault: 'Fault',
    thisPage: 'This page',
  },
  {
    pt: {
      notFound: 'Não encontrada',
      noPage: 'Não existe tal página.',
      noPageHint: 'O endereço pode estar mal escrito, ou ser mais antigo do que esta versão.',
      toStart: 'Ir para o início',
      fault: 'Falha',
      thisPage: 'Esta página',
    },
  },
);
