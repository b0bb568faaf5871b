import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { SelectField } from '@/components/ui/select-field';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { useFormats } from '@/words/formats';
import { startWords } from '@/words/start';
import { copyWeek } from './planning';
import type { Week } from './sessions';
import { dayOf, weekAfter } from './sessions';

interface CopyWeekProps {
  week: Week;
  teamId: string;
  /** How many sessions of the team lie in the week. */
  count: number;
  onClose: () => void;
  /** The week that now has the copies. */
  onCopied: (week: Week) => void;
}

/** As far as somebody plans ahead by copying. */
const WEEKS_AHEAD = 8;

/** Plans a week's sessions again in another week. */
export function CopyWeek({ week, teamId, count, onClose, onCopied }: CopyWeekProps) {
  const words = useWords(startWords);
  const common = useWords(commonWords);
  const { date } = useFormats();
  const queryClient = useQueryClient();
  const [weeks, setWeeks] = useState(1);
  const copy = useMutation({
    networkMode: 'always',
    mutationFn: () =>
      copyWeek({
        team_id: teamId,
        from: dayOf(week, 0).toISOString(),
        days_later: 7 * weeks,
        time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['sessions'] });
      onCopied(weekAfter(week, weeks));
    },
  });
  return (
    <Dialog
      title={words.copy}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button look="solid" disabled={copy.isPending} onClick={() => copy.mutate()}>
            {copy.isPending ? words.sending : words.planIt}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p>{words.copyHint(count)}</p>
        <SelectField
          label={words.copyTo}
          value={String(weeks)}
          options={Array.from({ length: WEEKS_AHEAD }, (_, index) => ({
            value: String(index + 1),
            label: date(dayOf(week, 7 * (index + 1))),
          }))}
          onChange={event => setWeeks(Number(event.target.value))}
        />
        <Refusal error={copy.error} />
      </div>
    </Dialog>
  );
}
