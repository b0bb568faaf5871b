import { catalogue } from './catalogue';

/** What the ways of signing in say beside the password. */
export const signInWords = catalogue(
  {
    codeTitle: 'One more step',
    codeHint: 'Type the code that your authenticator app shows now.',
    code: 'Six-digit code',
    backupHint: 'Type one of the backup codes that you kept. Each is good once.',
    backupCode: 'Backup code',
    useBackup: 'Use a backup code',
    useApp: 'Use the authenticator app',
    goOn: 'Go on',
    goingOn: 'Checking …',
    again: 'Begin again',
    or: 'or',
    passkey: 'Sign in with a passkey',
    passkeyAsked: 'Your device asks you …',
    passkeyNotGiven: 'Your device gave no passkey. Try again, or sign in with your password.',
    provider: (name: string) => `Go on with ${name}`,
    throughProvider: 'Signing in …',
    providerSaidNo: 'The provider did not sign you in. Try again, or sign in with your password.',
    toSignIn: 'Back to the sign-in',
  },
  {
    pt: {
      codeTitle: 'Mais um passo',
      codeHint: 'Escreva o código que a sua aplicação de autenticação mostra agora.',
      code: 'Código de seis algarismos',
      backupHint: 'Escreva um dos códigos de reserva que guardou. Cada um serve uma vez.',
      backupCode: 'Código de reserva',
      useBackup: 'Usar um código de reserva',
      useApp: 'Usar a aplicação de autenticação',
      goOn: 'Continuar',
      goingOn: 'A verificar …',
      again: 'Começar de novo',
      or: 'ou',
      passkey: 'Entrar com uma chave de acesso',
      passkeyAsked: 'O seu dispositivo pergunta-lhe …',
      passkeyNotGiven:
        'O dispositivo não deu nenhuma chave de acesso. Tente de novo ou entre com a palavra-passe.',
      provider: name => `Continuar com ${name}`,
      throughProvider: 'A entrar …',
      providerSaidNo:
        'O fornecedor não confirmou a sua identidade. Tente de novo ou entre com a palavra-passe.',
      toSignIn: 'Voltar à entrada',
    },
  },
);
