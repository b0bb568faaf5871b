import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { athletesQuery } from '@/api/queries';
import { Button } from '@/components/ui/button';
import { Refusal } from '@/components/ui/refusal';
import { SelectField } from '@/components/ui/select-field';
import { useWords } from '@/words/catalogue';
import { alertWords } from '@/words/alerts';
import { useFormats } from '@/words/formats';
import type { RuleFields } from './alerts';
import { pastSessionsQuery, previewRule } from './alerts';

interface RulePreviewProps {
  teamId: string;
  rule: RuleFields;
}

const RECENT_MS = 2 * 3_600_000;
/** A session longer than the hub looks through at once is tried on its begin. */
const LONGEST_MS = 6 * 3_600_000;
/** Nobody reads more; the count says the rest. */
const LISTED = 5;

/** The rule tried on the past, by the engine that watches live. */
export function RulePreview({ teamId, rule }: RulePreviewProps) {
  const words = useWords(alertWords);
  const { moment } = useFormats();
  const [sessionId, setSessionId] = useState('');
  const { data: sessions = [] } = useQuery(pastSessionsQuery(teamId));
  const preview = useMutation({
    networkMode: 'always',
    mutationFn: () => {
      const session = sessions.find(({ id }) => id === sessionId);
      const now = Date.now();
      const fromMs = session === undefined ? now - RECENT_MS : Date.parse(session.started_at ?? '');
      const toMs = Math.min(Date.parse(session?.ended_at ?? '') || now, fromMs + LONGEST_MS);
      // the name plays no part in what fires, and may not be given yet
      const named = { ...rule, name: rule.name.trim() || words.add };
      return previewRule({
        team_id: teamId,
        rule: named,
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
      });
    },
  });
  return (
    <section className="flex flex-col gap-2 rounded-xl bg-raised p-3">
      <div className="flex flex-wrap items-end gap-2">
        <SelectField
          className="min-w-0 flex-1"
          label={words.previewOn}
          value={sessionId}
          options={[
            { value: '', label: words.lastTwoHours },
            ...sessions.map(({ id, name, started_at: began }) => ({
              value: id,
              label: `${name}, ${began === null ? '' : moment(began)}`,
            })),
          ]}
          onChange={event => {
            setSessionId(event.target.value);
            preview.reset();
          }}
        />
        <Button disabled={preview.isPending} onClick={() => preview.mutate()}>
          {words.tryIt}
        </Button>
      </div>
      <div role="status">
        {preview.isPending && <p className="text-ink-soft">{words.trying}</p>}
        {preview.isSuccess && <Outcome teamId={teamId} answer={preview.data} />}
      </div>
      <Refusal error={preview.error} />
    </section>
  );
}

type Answer = Awaited<ReturnType<typeof previewRule>>;

function Outcome({ teamId, answer }: { teamId: string; answer: Answer }) {
  const words = useWords(alertWords);
  const { number, time } = useFormats();
  const { data: athletes = [] } = useQuery(athletesQuery(teamId));
  const nameOf = (id: string | null) => athletes.find(athlete => athlete.id === id)?.name ?? words.team;
  return (
    <>
      <p>
        <b className="text-lg">{words.wouldHave(number(answer.count))}</b>,{' '}
        {words.watched(number(answer.watched))}
        {answer.unwatched.length > 0 && `; ${words.unwatched(number(answer.unwatched.length))}`}
      </p>
      <ul className="text-ink-soft tabular-nums">
        {answer.fired.slice(0, LISTED).map(({ athlete_id: id, at, value }) => (
          <li key={`${id ?? ''} ${at}`}>
            {words.wouldAt(nameOf(id), time(at), value === null ? '' : words.value(number(value, 0)))}
          </li>
        ))}
        {answer.count > LISTED && <li>{words.more(answer.count - LISTED)}</li>}
      </ul>
    </>
  );
}
