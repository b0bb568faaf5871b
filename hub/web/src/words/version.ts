import { catalogue } from './catalogue';

/** What is said when the hub has a newer app than this device. */
export const versionWords = catalogue(
  {
    isThere:
      'A new version of this app is ready. What you have typed and not saved is lost when it is loaded.',
    load: 'Load it now',
  },
  {
    pt: {
      isThere:
        'Há uma nova versão desta aplicação. O que escreveu e não guardou perde-se quando for carregada.',
      load: 'Carregar agora',
    },
  },
);
