import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { Panel, Row } from '@/components/ui/panel';
import { Refusal } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { competitionWords } from '@/words/competitions';
import { useFormats } from '@/words/formats';
import { clocksQuery, setClock } from './competitions';
import { useClockFacts } from './splits-dialog';

interface ClocksPanelProps {
  competitionId: string;
  /** Whether this person may set one. */
  scores: boolean;
}

/** How far each timing system's clock is off, and how that is known. */
export function ClocksPanel({ competitionId, scores }: ClocksPanelProps) {
  const words = useWords(competitionWords);
  const { moment } = useFormats();
  const factsOf = useClockFacts();
  const clocks = useQuery(clocksQuery(competitionId));
  const [isSetting, setSetting] = useState(false);
  return (
    <Panel title={words.clocks} hint={words.clocksHint}>
      <Loaded query={clocks} what={words.what.clocks}>
        {known =>
          known.length === 0 ? (
            <p className="text-ink-soft">{words.noClock}</p>
          ) : (
            <ul>
              {known.map(clock => {
                const { offset, error } = factsOf(clock);
                return (
                  <Row
                    key={clock.name}
                    name={clock.name}
                    facts={[
                      words.clockFacts(offset, error),
                      clock.how === 'impulse' ? words.byImpulse : words.byHand,
                      words.fileTold(clock.set_by, moment(clock.set_at)),
                    ]}
                  />
                );
              })}
            </ul>
          )
        }
      </Loaded>
      {scores && (
        <Button className="self-start" onClick={() => setSetting(true)}>
          {words.setClock}
        </Button>
      )}
      {isSetting && <SetClock competitionId={competitionId} onClose={() => setSetting(false)} />}
    </Panel>
  );
}

/** Seconds as people type them, in ms; null for what is no number. */
function msOf(typed: string): number | null {
  const seconds = Number(typed.trim().replace(',', '.'));
  return typed.trim() === '' || !Number.isFinite(seconds) ? null : Math.round(seconds * 1000);
}

function SetClock({ competitionId, onClose }: { competitionId: string; onClose: () => void }) {
  const words = useWords(competitionWords);
  const queryClient = useQueryClient();
  const [name, setName] = useState('main');
  const [offset, setOffset] = useState('');
  const [error, setError] = useState('');
  const [offsetMs, errorMs] = [msOf(offset), msOf(error)];
  const isWrong = offsetMs === null || errorMs === null || errorMs < 0;
  const setting = useMutation({
    mutationFn: () => setClock(competitionId, { name, offset_ms: offsetMs, error_ms: errorMs }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['competitions', competitionId] });
      onClose();
    },
  });
  return (
    <Dialog
      title={words.setClock}
      onClose={onClose}
      actions={
        <>
          <Refusal error={setting.error} />
          <Button
            look="solid"
            disabled={isWrong || name === ''}
            aria-disabled={setting.isPending}
            onClick={() => setting.mutate()}
          >
            {words.save}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <TextField
          label={words.clockField.name}
          value={name}
          onChange={event => setName(event.target.value)}
        />
        <TextField
          label={words.clockField.offset}
          inputMode="decimal"
          value={offset}
          onChange={event => setOffset(event.target.value)}
        />
        <TextField
          label={words.clockField.error}
          inputMode="decimal"
          value={error}
          onChange={event => setError(event.target.value)}
        />
        {offset !== '' && error !== '' && isWrong && <p className="text-late">{words.badNumber}</p>}
      </div>
    </Dialog>
  );
}
