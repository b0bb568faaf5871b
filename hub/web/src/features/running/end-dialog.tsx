import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Session, SessionEntry } from '@/api/sessions';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { runningWords } from '@/words/running';
import { endSession } from './running';

interface EndDialogProps {
  session: SessionEntry;
  onEnded?: ((session: Session) => void) | undefined;
  onClose: () => void;
}

/** Asks once before it ends: a wrong tap in a pocket should not end a match. */
export function EndDialog({ session, onEnded, onClose }: EndDialogProps) {
  const words = useWords(runningWords);
  const common = useWords(commonWords);
  const queryClient = useQueryClient();
  const end = useMutation({
    networkMode: 'always',
    mutationFn: () => endSession(session.id),
    onSuccess: async ended => {
      await queryClient.invalidateQueries({ queryKey: ['sessions'] });
      onEnded?.(ended);
    },
  });
  return (
    <Dialog
      title={words.endTitle}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button look="solid" disabled={end.isPending} onClick={() => end.mutate()}>
            {end.isPending ? words.sending : words.endNow}
          </Button>
        </>
      }
    >
      <p>{words.endHint}</p>
      <Refusal error={end.error} />
    </Dialog>
  );
}
