import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { freeStrapsQuery } from '@/api/straps';
import { ActForm } from '@/components/ui/act-form';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { sensorWords } from '@/words/sensors';
import { addSensor, sensorsQuery } from './sensors';

/** A sensor by hand, or one of those that gateways hear and the club does not know. */
export function AddSensor({ onClose }: { onClose: () => void }) {
  const words = useWords(sensorWords).add;
  const common = useWords(commonWords);
  const queryClient = useQueryClient();
  const [sensor, setSensor] = useState({ label: '', address: '', kind: 'heart_rate' });
  const adding = useMutation({
    mutationFn: () => addSensor({ ...sensor, label: sensor.label.trim(), address: sensor.address.trim() }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: sensorsQuery.queryKey });
      onClose();
    },
  });
  return (
    <Dialog title={words.button} onClose={onClose}>
      <ActForm act={adding} does={common.add}>
        <Heard onTake={(address, kind) => setSensor(before => ({ ...before, address, kind }))} />
        <TextField
          label={words.label}
          value={sensor.label}
          onChange={event => setSensor({ ...sensor, label: event.target.value })}
          required
          maxLength={40}
          autoComplete="off"
        />
        <TextField
          label={words.address}
          value={sensor.address}
          onChange={event => setSensor({ ...sensor, address: event.target.value })}
          required
          maxLength={120}
          autoComplete="off"
          spellCheck={false}
          placeholder="A0:9E:1A:00:00:01"
        />
        <TextField
          label={words.kind}
          value={sensor.kind}
          onChange={event => setSensor({ ...sensor, kind: event.target.value })}
          required
          pattern="[a-z][a-z0-9_]{2,39}"
          autoComplete="off"
          autoCapitalize="none"
        />
      </ActForm>
    </Dialog>
  );
}

function Heard({ onTake }: { onTake: (address: string, kind: string) => void }) {
  const words = useWords(sensorWords).add;
  const heard = useQuery(freeStrapsQuery).data ?? [];
  const unknown = heard.filter(({ sensor_id }) => sensor_id === null);
  return (
    <fieldset>
      <legend className="text-sm font-medium">{words.heard}</legend>
      {unknown.length === 0 && <p className="text-sm text-ink-soft">{words.none}</p>}
      <div className="flex flex-col items-start">
        {unknown.map(({ address, kind, gateway }) => (
          <Button key={address} look="quiet" className="px-2" onClick={() => onTake(address, kind)}>
            {words.take(address, gateway)}
          </Button>
        ))}
      </div>
    </fieldset>
  );
}
