import type { FormEvent } from 'react';
import { useState } from 'react';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { textOf } from '@/components/ui/form-texts';
import { Refusal } from '@/components/ui/refusal';
import { Segments } from '@/components/ui/segments';
import { TextField } from '@/components/ui/text-field';
import { Ticks } from '@/components/ui/ticks';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { metricWords } from '@/words/metrics';
import { privacyWords } from '@/words/privacy';
import { giveGrant, grantsQuery } from './privacy';

/** What may be given by ticking; each is a metric of the API. */
const OFFERED = [
  'heart_rate',
  'rr_interval',
  'respiratory_rate',
  'body_temperature',
  'skin_temperature',
  'oxygen_saturation',
  'speed',
  'distance',
  'cadence',
  'power',
  'body_mass',
  'body_fat',
] as const satisfies readonly (keyof (typeof metricWords)['en'])[];
type Offered = (typeof OFFERED)[number];

const TO = ['trainer', 'club'] as const;
/** As an id is written, whoever made it. */
const ID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/** To whom, which values, measured when, and for how long. */
export function GiveGrant({ athleteId, onClose }: { athleteId: string; onClose: () => void }) {
  const words = useWords(privacyWords).grants;
  const common = useWords(commonWords);
  const names = useWords(metricWords);
  const [to, setTo] = useState<(typeof TO)[number]>('trainer');
  const [metrics, setMetrics] = useState<readonly Offered[]>(['heart_rate']);
  const give = useAct(giveGrant, grantsQuery(athleteId).queryKey);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const id = textOf(fields, 'id').toLowerCase();
    give.mutate(
      {
        athleteId,
        grant: {
          ...(to === 'club' ? { club_id: id } : { account_id: id }),
          metrics: [...metrics],
          from: beginOf(textOf(fields, 'from')),
          ends_at: endOf(textOf(fields, 'ends')),
        },
      },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog title={words.give} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Segments
          legend={words.toWhom}
          options={TO.map(value => ({ value, label: words.to[value] }))}
          value={to}
          onChange={value => setTo(value)}
          className="self-start"
        />
        <div className="flex flex-col gap-1">
          <TextField
            label={words.id[to]}
            name="id"
            required
            pattern={ID}
            title={words.idHint}
            autoComplete="off"
          />
          <p className="text-sm text-ink-soft">{words.idHint}</p>
        </div>
        <Ticks legend={words.which} options={OFFERED} names={names} ticked={metrics} onChange={setMetrics} />
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField label={words.measuredFrom} name="from" type="date" />
          <TextField label={words.until} name="ends" type="date" />
        </div>
        <p className="text-sm text-ink-soft">{words.giveHint}</p>
        <Refusal error={give.error} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" look="solid" disabled={metrics.length === 0 || give.isPending}>
            {words.giveNow}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The first moment of a day here; null: from now on. */
function beginOf(day: string): string | null {
  return day === '' ? null : new Date(`${day}T00:00`).toISOString();
}

/** The last moment of a day here; null: until it is revoked. */
function endOf(day: string): string | null {
  return day === '' ? null : new Date(`${day}T23:59:59`).toISOString();
}
