import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ShownOnce } from '@/components/ui/shown-once';
import { useWords } from '@/words/catalogue';
import { clubWords } from '@/words/club';
import { useFormats } from '@/words/formats';
import { roleWords } from '@/words/roles';
import type { MadeInvitation } from './club';

/** An invitation that was just made: that its letter goes out, or the link to hand over or print, this once. */
export function MadeDialog({ made, onClose }: { made: MadeInvitation; onClose: () => void }) {
  const words = useWords(clubWords).invitations;
  const roles = useWords(roleWords);
  const { moment } = useFormats();
  const until = moment(made.expires_at);
  return (
    <Dialog
      title={words.made}
      onClose={onClose}
      actions={
        <>
          {made.link !== null && <Button onClick={() => globalThis.print()}>{words.print}</Button>}
          <Button look="solid" onClick={onClose}>
            {words.done}
          </Button>
        </>
      }
    >
      {made.link === null ? (
        <p>{words.onItsWay(made.email ?? '', until)}</p>
      ) : (
        <div className="printed-alone flex flex-col gap-4">
          <p className="text-lg font-semibold">{words.sheet(roles[made.role])}</p>
          {made.qr !== null && (
            <img
              src={`data:image/svg+xml,${encodeURIComponent(made.qr)}`}
              alt={words.picture}
              className="mx-auto size-64 rounded-lg bg-white"
            />
          )}
          <ShownOnce label={words.link} hint={words.linkHint(until)} secret={made.link} />
        </div>
      )}
    </Dialog>
  );
}
