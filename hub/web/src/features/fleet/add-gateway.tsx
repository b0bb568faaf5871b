import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { fleetWords } from '@/words/fleet';
import { useFormats } from '@/words/formats';
import { makeCode } from './fleet';

/** A code that lets one gateway in, and what to type there. */
export function AddGateway({ onClose }: { onClose: () => void }) {
  const words = useWords(fleetWords).add;
  const [site, setSite] = useState('');
  const [name, setName] = useState('');
  const making = useMutation({ mutationFn: () => makeCode(site.trim(), name.trim()) });
  return (
    <Dialog title={words.title} onClose={onClose}>
      {making.data === undefined ? (
        <form
          className="flex flex-col gap-4"
          onSubmit={event => {
            event.preventDefault();
            making.mutate();
          }}
        >
          <TextField
            label={words.site}
            value={site}
            onChange={event => setSite(event.target.value)}
            required
            maxLength={120}
            autoComplete="off"
          />
          <TextField
            label={words.name}
            value={name}
            onChange={event => setName(event.target.value)}
            pattern="[a-z0-9][a-z0-9\-]{2,39}"
            title={words.nameHint}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
          <p className="text-sm text-ink-soft">{words.nameHint}</p>
          <div className="flex flex-wrap items-center justify-end gap-3">
            <Refusal error={making.error} />
            <Button look="solid" type="submit" aria-disabled={making.isPending}>
              {words.make}
            </Button>
          </div>
          <p className="border-t border-line pt-3 text-sm text-ink-soft">{words.many}</p>
        </form>
      ) : (
        <Code code={making.data.code} expiresAt={making.data.expires_at} />
      )}
    </Dialog>
  );
}

function Code({ code, expiresAt }: { code: string; expiresAt: string }) {
  const words = useWords(fleetWords).add;
  const { time } = useFormats();
  return (
    <div className="flex flex-col gap-3" role="status">
      <p>{words.code}</p>
      <p className="text-center font-mono text-3xl font-bold tracking-wide break-all select-all">{code}</p>
      <p className="text-ink-soft">{words.until(time(expiresAt))}</p>
      <p>{words.onGateway}</p>
      <pre className="overflow-x-auto rounded-lg border border-line bg-raised p-3 text-sm whitespace-pre-wrap select-all">
        {`sudo sts-edge enrol ${code} --hub ${globalThis.location.origin}`}
      </pre>
    </div>
  );
}
