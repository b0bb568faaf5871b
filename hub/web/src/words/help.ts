import { catalogue } from './catalogue';

/** What people ask, and what to do. */
export const helpWords = catalogue(
  {
    title: 'Help',
    subtitle: 'What people ask most, and what to do.',
    firstSteps: 'First steps',
    topics: {
      start: {
        ask: 'How do we begin?',
        answer:
          'First steps leads from an empty club to the first heartbeat: a team, its athletes, a gateway by a code, straps, consent, a session. It knows what is done already.',
      },
      noNumber: {
        ask: 'A tile shows no number. Why?',
        answer:
          'The tile says it. Late or lost: the strap is not heard; bring it nearer, moisten it, or swap it. Not worn: the strap feels no skin. No sensor: nobody gave the athlete a strap. A number that is old is never shown as if it were live.',
      },
      wrongStrap: {
        ask: 'Two athletes wear each other’s straps.',
        answer:
          'Open one of them and choose Swap strap, with the slider at when it began. Both histories are exchanged from then on, and each figure that follows says by how much it was revised.',
      },
      offline: {
        ask: 'The network is gone. What now?',
        answer:
          'Go on. Gateways keep what they hear and send it when the network is back; what you tap waits with the time at which you tapped. The line at the top says how old the picture is.',
      },
      number: {
        ask: 'Where does a number come from?',
        answer:
          'Tap it: formula, version, what went in, and how much of the time was covered. The receipt names all that is needed to work it out again.',
      },
      zones: {
        ask: 'What do Z1 to Z5 mean?',
        answer:
          'Five bands of the athlete’s maximum heart rate, from 50 % in steps of 10 %. Without a maximum there are no zones: enter one under People, Parameters.',
      },
      invite: {
        ask: 'How does somebody get in?',
        answer:
          'Under Club, Invitations: by mail, or by a code to print. Each is good once. Athletes and guardians are asked for consent in their language.',
      },
      recover: {
        ask: 'Somebody cannot sign in any more.',
        answer:
          'Under Club, Accounts, choose Change and make a recovery code: a link that sets a new password once, within an hour. A lost second factor is reset there, too.',
      },
      gateway: {
        ask: 'A gateway is silent.',
        answer:
          'Check power and network at the site, then run “sts-edge doctor” on it: each fault is named with its fix. What it heard meanwhile is kept and comes later.',
      },
      withdraw: {
        ask: 'I do not want to be measured any more.',
        answer:
          'Under Privacy, withdraw the consent to monitoring. From that moment nothing is stored or shown; the live picture ends within seconds.',
      },
      share: {
        ask: 'How do I let my own trainer see my values?',
        answer:
          'Under Privacy, What you share: choose who, which values and for how long. Ask the trainer for the id that stands under Settings there. You can end it at any time.',
      },
      copy: {
        ask: 'What does the club have of me?',
        answer: 'Under Privacy: who looked and when, and a copy of everything in one file.',
      },
      problem: {
        ask: 'Something went wrong.',
        answer:
          'A fault says what to do and carries a problem id. Try again first; if it stays, give that id to whoever runs the hub.',
      },
    },
  },
  {
    pt: {
      title: 'Ajuda',
      subtitle: 'O que mais se pergunta, e o que fazer.',
      firstSteps: 'Primeiros passos',
      topics: {
        start: {
          ask: 'Como começamos?',
          answer:
            'Primeiros passos leva de um clube vazio ao primeiro batimento: uma equipa, os seus atletas, um gateway por código, cintas, consentimento, uma sessão. Sabe o que já está feito.',
        },
        noNumber: {
          ask: 'Um quadro não mostra número. Porquê?',
          answer:
            'O quadro diz. Atrasado ou perdido: a cinta não é ouvida; aproxime-a, humedeça-a ou troque-a. Não usada: a cinta não sente pele. Sem sensor: ninguém deu uma cinta ao atleta. Um número antigo nunca é mostrado como se fosse ao vivo.',
        },
        wrongStrap: {
          ask: 'Dois atletas trocaram as cintas.',
          answer:
            'Abra um deles e escolha Trocar cinta, com o cursor em quando começou. As duas histórias são trocadas a partir daí, e cada número que se segue diz quanto foi revisto.',
        },
        offline: {
          ask: 'A rede caiu. E agora?',
          answer:
            'Continue. Os gateways guardam o que ouvem e enviam quando a rede volta; o que tocar espera, com a hora do toque. A linha em cima diz que idade tem a imagem.',
        },
        number: {
          ask: 'De onde vem um número?',
          answer:
            'Toque-lhe: fórmula, versão, o que entrou e quanto do tempo foi coberto. O recibo nomeia tudo o que é preciso para o calcular de novo.',
        },
        zones: {
          ask: 'O que são Z1 a Z5?',
          answer:
            'Cinco faixas da frequência máxima do atleta, a partir de 50 % em passos de 10 %. Sem máxima não há zonas: introduza uma em Pessoas, Parâmetros.',
        },
        invite: {
          ask: 'Como é que alguém entra?',
          answer:
            'Em Clube, Convites: por e-mail, ou por um código para imprimir. Cada um serve uma vez. A atletas e encarregados pede-se consentimento no seu idioma.',
        },
        recover: {
          ask: 'Alguém já não consegue entrar.',
          answer:
            'Em Clube, Contas, escolha Alterar e crie um código de recuperação: uma ligação que define uma palavra-passe nova uma vez, dentro de uma hora. Um segundo fator perdido também se repõe aí.',
        },
        gateway: {
          ask: 'Um gateway está em silêncio.',
          answer:
            'Veja a corrente e a rede no local, e corra nele «sts-edge doctor»: cada falha é nomeada com o seu remédio. O que ouviu entretanto está guardado e vem depois.',
        },
        withdraw: {
          ask: 'Não quero ser mais medido.',
          answer:
            'Em Privacidade, retire o consentimento para monitorização. A partir desse momento nada é guardado nem mostrado; a imagem ao vivo acaba em segundos.',
        },
        share: {
          ask: 'Como deixo o meu treinador pessoal ver os meus valores?',
          answer:
            'Em Privacidade, O que partilha: escolha quem, que valores e por quanto tempo. Peça ao treinador o número que está nas Definições dele. Pode acabar quando quiser.',
        },
        copy: {
          ask: 'O que tem o clube sobre mim?',
          answer: 'Em Privacidade: quem viu e quando, e uma cópia de tudo num ficheiro.',
        },
        problem: {
          ask: 'Algo correu mal.',
          answer:
            'Uma falha diz o que fazer e traz um número do problema. Tente primeiro de novo; se continuar, dê esse número a quem gere o servidor.',
        },
      },
    },
  },
);
