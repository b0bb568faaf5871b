import { Link } from '@tanstack/react-router';
import { ForgottenPage } from '@/features/sign-in/forgotten-page';
import { InvitationPage } from '@/features/sign-in/invitation-page';
import { RecoveryPage } from '@/features/sign-in/recovery-page';
import { useWords } from '@/words/catalogue';
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
  return <InvitationPage code={codeOfAddress()} back={<ToSignIn />} />;
}

function ToSignIn() {
  const words = useWords(signInWords);
  return (
    <Link to="/sign-in" className="font-medium text-accent underline">
      {words.toSignIn}
    </Link>
  );
}
