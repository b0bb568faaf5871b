import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import type { Me } from '@/api/queries';
import { useWords } from '@/words/catalogue';
import { signInWords } from '@/words/sign-in';
import { CodeForm } from './code-form';
import { RefusedBox } from './refused-box';
import type { ProviderAnswer } from './sign-in';
import { codeSentence, isNextStep, providerAnswerQuery } from './sign-in';
import { SignInCard } from './sign-in-card';

interface ProviderPageProps {
  /** What the provider put into the address; null when it did not sign the person in. */
  answer: ProviderAnswer | null;
  onSignedIn: (me: Me) => void;
  onBack: () => void;
  /** The way back to the sign-in. */
  back: ReactNode;
}

/** Where a provider sends people back to. */
export function ProviderPage({ answer, back, ...rest }: ProviderPageProps) {
  const words = useWords(signInWords);
  if (answer !== null) return <Answered answer={answer} back={back} {...rest} />;
  return (
    <SignInCard title="Sign in">
      <div className="flex flex-col gap-4">
        <RefusedBox sentence={words.providerSaidNo} />
        {back}
      </div>
    </SignInCard>
  );
}

function Answered({ answer, onSignedIn, onBack, back }: ProviderPageProps & { answer: ProviderAnswer }) {
  const words = useWords(signInWords);
  const { data, error } = useQuery(providerAnswerQuery(answer));
  const me = data !== undefined && !isNextStep(data) ? data : undefined;
  useEffect(() => {
    if (me !== undefined) onSignedIn(me);
  }, [me, onSignedIn]);
  if (data !== undefined && me === undefined)
    return (
      <SignInCard title={words.codeTitle}>
        <CodeForm onSignedIn={onSignedIn} onBack={onBack} />
      </SignInCard>
    );
  return (
    <SignInCard title="Sign in">
      {error === null ? (
        <p role="status" className="text-ink-soft">
          {words.throughProvider}
        </p>
      ) : (
        <div className="flex flex-col gap-4">
          <RefusedBox sentence={codeSentence(error)} />
          {back}
        </div>
      )}
    </SignInCard>
  );
}
