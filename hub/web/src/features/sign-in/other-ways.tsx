import { useMutation, useQuery } from '@tanstack/react-query';
import { PasskeyNotGiven, knowsPasskeys, signInByPasskey } from '@/api/passkeys';
import type { Me } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { KeyIcon } from '@/components/ui/first-icons';
import { useWords } from '@/words/catalogue';
import { signInWords } from '@/words/sign-in';
import { RefusedBox } from './refused-box';
import { codeSentence, goToProvider, waysQuery } from './sign-in';

/** What this hub and this browser offer beside the password; nothing where they offer none. */
export function OtherWays({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  const words = useWords(signInWords);
  const { data: ways } = useQuery(waysQuery);
  const hasPasskeys = ways?.passkeys === true && knowsPasskeys();
  if (ways === undefined || (!hasPasskeys && ways.providers.length === 0)) return null;
  return (
    <div className="mt-5 flex flex-col gap-3">
      <p className="flex items-center gap-3 text-sm text-ink-soft before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        {words.or}
      </p>
      {hasPasskeys && <PasskeyButton onSignedIn={onSignedIn} />}
      {ways.providers.map(({ id, name }) => (
        <ProviderButton key={id} id={id} name={name} />
      ))}
    </div>
  );
}

function PasskeyButton({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  const words = useWords(signInWords);
  const attempt = useMutation({
    mutationFn: signInByPasskey,
    onSuccess: me => onSignedIn(me),
    networkMode: 'always',
  });
  const sentence =
    attempt.error instanceof PasskeyNotGiven ? words.passkeyNotGiven : codeSentence(attempt.error);
  return (
    <>
      {attempt.isError && <RefusedBox sentence={sentence} />}
      <Button className="w-full" onClick={() => attempt.mutate()} aria-disabled={attempt.isPending}>
        <KeyIcon /> {attempt.isPending ? words.passkeyAsked : words.passkey}
      </Button>
    </>
  );
}

function ProviderButton({ id, name }: { id: string; name: string }) {
  const words = useWords(signInWords);
  const leave = useMutation({ mutationFn: () => goToProvider(id), networkMode: 'always' });
  return (
    <>
      {leave.isError && <RefusedBox sentence={codeSentence(leave.error)} />}
      <Button className="w-full" onClick={() => leave.mutate()} aria-disabled={leave.isPending}>
        {words.provider(name)}
      </Button>
    </>
  );
}
