import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { Button } from '@/components/ui/button';
import { sentenceOf } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { frameWords } from '@/words/frame';
import { placeWords } from '@/words/places';

/** Out of this hub, and of the provider that one came through, where it offers that. */
export function SignOut({ onSignedOut, className = '' }: { onSignedOut: () => void; className?: string }) {
  const words = useWords(placeWords);
  const frame = useWords(frameWords);
  const leave = useMutation({ mutationFn: signOut, onSuccess: onSignedOut, networkMode: 'always' });
  return (
    <>
      <Button className={className} onClick={() => leave.mutate()} aria-disabled={leave.isPending}>
        {words.signOut}
      </Button>
      {leave.isError && (
        <p role="alert" className="mt-2 text-sm text-lost">
          {frame.stillIn(sentenceOf(leave.error))}
        </p>
      )}
    </>
  );
}

async function signOut(): Promise<void> {
  const elsewhere = await answerOf(api.GET('/api/v1/me/sign-out')).catch(() => ({ address: null }));
  await answerOf(api.DELETE('/api/v1/session'));
  if (elsewhere.address !== null) globalThis.location.assign(elsewhere.address);
}
