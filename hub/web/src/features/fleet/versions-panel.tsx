import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { Panel } from '@/components/ui/panel';
import { Refusal } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { fleetWords } from '@/words/fleet';
import { versionsQuery, wantVersion } from './fleet';

/** Which version is asked for, and which run. */
export function VersionsPanel({ keeps }: { keeps: boolean }) {
  const words = useWords(fleetWords);
  const versions = useQuery(versionsQuery);
  const [isStaging, setStaging] = useState(false);
  return (
    <Panel title={words.versions.title}>
      <Loaded query={versions} what={words.what.versions}>
        {({ wanted, running }) => (
          <>
            <p>
              {wanted === null
                ? words.versions.nothingWanted
                : words.versions.wanted(wanted.version, wanted.percent)}
            </p>
            <p className="text-ink-soft">
              {Object.entries(running)
                .map(([version, count]) => words.versions.running(version, count))
                .join(' · ')}
            </p>
          </>
        )}
      </Loaded>
      {keeps && (
        <Button className="self-start" onClick={() => setStaging(true)}>
          {words.versions.change}
        </Button>
      )}
      {isStaging && <StageUpdate onClose={() => setStaging(false)} />}
    </Panel>
  );
}

function StageUpdate({ onClose }: { onClose: () => void }) {
  const words = useWords(fleetWords).versions;
  const queryClient = useQueryClient();
  const [version, setVersion] = useState('');
  const [percent, setPercent] = useState('10');
  const asking = useMutation({
    mutationFn: () => wantVersion(version.trim(), Number(percent)),
    onSuccess: answer => {
      queryClient.setQueryData(versionsQuery.queryKey, answer);
      onClose();
    },
  });
  return (
    <Dialog title={words.change} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={event => {
          event.preventDefault();
          asking.mutate();
        }}
      >
        <TextField
          label={words.version}
          value={version}
          onChange={event => setVersion(event.target.value)}
          required
          pattern="[0-9][0-9A-Za-z.+!\-]{0,39}"
          placeholder="0.2.0"
          autoComplete="off"
        />
        <TextField
          label={words.percent}
          value={percent}
          onChange={event => setPercent(event.target.value)}
          type="number"
          min={0}
          max={100}
          required
        />
        <p className="text-sm text-ink-soft">{words.hint}</p>
        <div className="flex flex-wrap items-center justify-end gap-3">
          <Refusal error={asking.error} />
          <Button look="solid" type="submit" aria-disabled={asking.isPending}>
            {words.ask}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
