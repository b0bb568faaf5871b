import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import type { Team } from '@/api/queries';
import { Segments } from '@/components/ui/segments';
import { SelectField } from '@/components/ui/select-field';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { sessionWords } from '@/words/sessions';
import { startWords } from '@/words/start';
import type { Template } from './planning';
import { templatesQuery } from './planning';
import type { Draft } from './start-draft';
import { fromTemplate } from './start-draft';

interface StepWhatProps {
  draft: Draft;
  team: Team;
  teams: readonly Team[];
  onTeam: (teamId: string) => void;
  onDraft: (draft: Draft) => void;
  onChange: (part: Partial<Draft>) => void;
}

const KINDS = ['training', 'match', 'test'] as const;

/** Team, template, name, kind, and when. */
export function StepWhat({ draft, team, teams, onTeam, onDraft, onChange }: StepWhatProps) {
  const words = useWords(startWords);
  const { kind } = useWords(sessionWords);
  const { data: templates = [] } = useQuery(templatesQuery(team.id));
  const template = templates.find(one => one.id === draft.templateId);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {teams.length > 1 && (
        <SelectField
          label={words.team}
          value={team.id}
          options={teams.map(one => ({ value: one.id, label: one.name }))}
          onChange={event => onTeam(event.target.value)}
        />
      )}
      <SelectField
        label={words.template}
        value={draft.templateId}
        options={[
          { value: '', label: words.noTemplate },
          ...templates.map(one => ({ value: one.id, label: one.name })),
        ]}
        onChange={event =>
          onDraft(
            fromTemplate(
              draft,
              templates.find(one => one.id === event.target.value),
            ),
          )
        }
      />
      <TextField
        label={words.name}
        value={draft.name}
        maxLength={80}
        required
        onChange={event => onChange({ name: event.target.value })}
      />
      <div className="flex flex-col gap-1.5">
        <span className="text-sm font-medium" aria-hidden="true">
          {words.kind}
        </span>
        <Segments
          legend={words.kind}
          value={draft.kind}
          options={KINDS.map(one => ({ value: one, label: kind[one] }))}
          onChange={chosen => onChange({ kind: chosen })}
        />
      </div>
      <When draft={draft} onChange={onChange} />
      <LiveDataChoice draft={draft} onChange={onChange} />
      {template && template.plan.length > 0 && <Plan template={template} />}
    </div>
  );
}

type PartProps = Pick<StepWhatProps, 'draft' | 'onChange'>;

function When({ draft, onChange }: PartProps) {
  const words = useWords(startWords);
  return (
    <div className="flex flex-wrap items-end gap-3">
      <div className="flex flex-col gap-1.5">
        <span className="text-sm font-medium" aria-hidden="true">
          {words.when}
        </span>
        <Segments
          legend={words.when}
          value={draft.when}
          options={[
            { value: 'now', label: words.now },
            { value: 'later', label: words.later },
          ]}
          onChange={when => onChange({ when })}
        />
      </div>
      {draft.when === 'later' && (
        <>
          <TextField
            label={words.at}
            type="datetime-local"
            value={draft.at}
            onChange={event => onChange({ at: event.target.value })}
          />
          <TextField
            label={words.minutes}
            type="number"
            min={1}
            max={1440}
            className="w-24"
            value={draft.minutes}
            onChange={event => onChange({ minutes: event.target.value })}
          />
        </>
      )}
    </div>
  );
}

function LiveDataChoice({ draft, onChange }: PartProps) {
  const id = useId();
  const words = useWords(startWords);
  return (
    <div className="flex min-h-11 items-center gap-3">
      <input
        id={id}
        type="checkbox"
        className="size-6 shrink-0 accent-(--accent)"
        checked={!draft.liveData}
        onChange={event => onChange({ liveData: !event.target.checked })}
      />
      <label htmlFor={id}>
        <span className="block font-medium">{words.noLiveData}</span>{' '}
        <span className="block text-sm text-ink-soft">{words.noLiveDataHint}</span>
      </label>
    </div>
  );
}

function Plan({ template }: { template: Template }) {
  const words = useWords(startWords);
  return (
    <div className="sm:col-span-2">
      <h2 className="mb-1.5 text-sm font-medium">{words.plan}</h2>
      <ol className="flex flex-wrap gap-2">
        {template.plan.map((phase, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- a plan may name one phase twice; only its place tells them apart
          <li key={index} className="rounded-lg border border-line bg-surface px-3 py-2">
            {words.planned(phase.name, phase.minutes)}
          </li>
        ))}
      </ol>
    </div>
  );
}
