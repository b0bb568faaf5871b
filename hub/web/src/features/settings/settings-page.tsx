import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Preferences } from '@/api/preferences';
import { preferencesQuery, useChoose } from '@/api/preferences';
import type { Me } from '@/api/queries';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { Panel } from '@/components/ui/panel';
import { Refusal } from '@/components/ui/refusal';
import { Segments } from '@/components/ui/segments';
import { ShownText } from '@/components/ui/shown-text';
import { useWords } from '@/words/catalogue';
import { settingsWords } from '@/words/settings';

const UNITS = ['metric', 'imperial'] as const;
const TEMPERATURES = ['celsius', 'fahrenheit'] as const;
const WEEK_STARTS = ['monday', 'saturday', 'sunday'] as const;

interface SettingsPageProps {
  me: Me;
  /** The choices of language and theme, which the account's menu has, too. */
  look: ReactNode;
}

/** What somebody chooses for herself or himself; the same on each device. */
export function SettingsPage({ me, look }: SettingsPageProps) {
  const words = useWords(settingsWords);
  const query = useQuery(preferencesQuery);
  return (
    <Page title={words.title} subtitle={me.name}>
      <div className="mx-auto flex w-full max-w-3xl flex-col gap-4">
        <Panel title={words.look} hint={words.lookHint}>
          <div className="flex max-w-md flex-col gap-3">{look}</div>
        </Panel>
        <Panel title={words.measures} hint={words.measuresHint}>
          <Loaded query={query} what={words.what}>
            {chosen => <Measures chosen={chosen} />}
          </Loaded>
        </Panel>
        <Panel title={words.ids} hint={words.idsHint}>
          <ShownText label={words.ownId} text={me.id} />
          <ShownText label={words.clubId(me.club.name)} text={me.club.id} />
        </Panel>
      </div>
    </Page>
  );
}

function Measures({ chosen }: { chosen: Preferences }) {
  const words = useWords(settingsWords);
  const choose = useChoose();
  return (
    <>
      <Choice
        legend={words.units}
        options={UNITS}
        names={words.unit}
        value={chosen.units}
        onChange={units => choose.mutate({ units })}
      />
      <Choice
        legend={words.temperature}
        options={TEMPERATURES}
        names={words.degree}
        value={chosen.temperature}
        onChange={temperature => choose.mutate({ temperature })}
      />
      <Choice
        legend={words.weekStart}
        options={WEEK_STARTS}
        names={words.day}
        value={chosen.week_start}
        onChange={start => choose.mutate({ week_start: start })}
      />
      <Refusal error={choose.error} />
    </>
  );
}

interface ChoiceProps<Value extends string> {
  legend: string;
  options: readonly Value[];
  names: Readonly<Record<Value, string>>;
  value: Value;
  onChange: (value: Value) => void;
}

/** One choice with its name in sight. */
function Choice<Value extends string>({ legend, options, names, value, onChange }: ChoiceProps<Value>) {
  return (
    <div className="flex flex-col items-start gap-1.5">
      <p aria-hidden="true" className="text-sm font-medium">
        {legend}
      </p>
      <Segments
        legend={legend}
        options={options.map(one => ({ value: one, label: names[one] }))}
        value={value}
        onChange={onChange}
      />
    </div>
  );
}
