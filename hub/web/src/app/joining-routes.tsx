import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { meQuery } from '@/api/queries';
import { LanguageChoice } from '@/features/account/language-choice';
import { ForgottenPage } from '@/features/sign-in/forgotten-page';
import { InvitationPage } from '@/features/sign-in/invitation-page';
import { RecoveryPage } from '@/features/sign-in/recovery-page';
import { useWords } from '@/words/catalogue';
import { joiningWords } from '@/words/joining';
import { signInWords } from '@/words/sign-in';

/** Behind #, so that no server and no log on the way is told it. */
function codeOfAddress(): string {
  return globalThis.location.hash.slice(1);
}

export function RecoveryRoute() {
  return <RecoveryPage code={codeOfAddress()} back={<ToSignIn />} />;
}

export function ForgottenRoute() {
  return <ForgottenPage back={<ToSignIn />} />;
}

export function InvitationRoute() {
  const words = useWords(joiningWords);
  const queryClient = useQueryClient();
  const { data: me } = useQuery({ ...meQuery, retry: false });
  // who one is may have changed by it
  const start = (
    <Link
      to="/"
      className="font-medium text-accent underline"
      onClick={() => void queryClient.invalidateQueries()}
    >
      {words.toApp}
    </Link>
  );
  return (
    <InvitationPage
      code={codeOfAddress()}
      me={me}
      language={<LanguageChoice />}
      back={me === undefined ? <ToSignIn /> : start}
    />
  );
}

function ToSignIn() {
  const words = useWords(signInWords);
  return (
    <Link to="/sign-in" className="font-medium text-accent underline">
      {words.toSignIn}
    </Link>
  );
}
